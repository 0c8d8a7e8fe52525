#include "json.h"

#include <errno.h>
#include <float.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_LEVELS = 16,
    MAX_MEMBERS = 64 /* of an object; a bound of this reader, which no request comes near */
};

/* Each function below reads on from *at, never beyond end, and gives whether it found what it is
   named for. */

static void space(const char **at, const char *end)
{
    while (*at < end && (**at == ' ' || **at == '\t' || **at == '\n' || **at == '\r'))
        ++*at;
}

static int mark(const char **at, const char *end, char wanted)
{
    if (*at == end || **at != wanted)
        return 0;
    ++*at;
    return 1;
}

static int token(const char **at, const char *end, const char *wanted)
{
    size_t length = strlen(wanted);

    if ((size_t)(end - *at) < length || memcmp(*at, wanted, length) != 0)
        return 0;
    *at += length;
    return 1;
}

static int digits(const char **at, const char *end)
{
    const char *first = *at;

    while (*at < end && **at >= '0' && **at <= '9')
        ++*at;
    return *at > first;
}

static int four_hex(const char **at, const char *end, unsigned long *value)
{
    static const char HEX[] = "0123456789abcdef0123456789ABCDEF";
    int i;

    if (end - *at < 4)
        return 0;
    *value = 0;
    for (i = 0; i < 4; ++i, ++*at) {
        const char *digit = memchr(HEX, **at, 32);

        if (digit == NULL)
            return 0;
        *value = *value * 16 + (unsigned long)(digit - HEX) % 16;
    }
    return 1;
}

static int escape(const char **at, const char *end, unsigned long *point)
{
    static const char NAMES[] = "\"\\/bfnrt", MEANT[] = "\"\\/\b\f\n\r\t";
    const char *name;
    unsigned long low;

    if (mark(at, end, 'u')) {
        if (!four_hex(at, end, point))
            return 0;
        if (*point < 0xD800 || *point > 0xDFFF)
            return 1;
        if (*point > 0xDBFF || !token(at, end, "\\u") || !four_hex(at, end, &low) ||
            low < 0xDC00 || low > 0xDFFF)
            return 0; /* an unpaired surrogate */
        *point = 0x10000 + ((*point - 0xD800) << 10) + (low - 0xDC00);
        return 1;
    }
    if (*at == end || (name = memchr(NAMES, **at, sizeof NAMES - 1)) == NULL)
        return 0;
    *point = (unsigned char)MEANT[name - NAMES];
    ++*at;
    return 1;
}

static int utf8(const char **at, const char *end, unsigned long *point)
{
    static const unsigned long LEAST[] = {0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)*(*at)++;
    int more = first < 0x80 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
    int i;

    if ((first >= 0x80 && first < 0xC2) || first > 0xF4 || end - *at < more)
        return 0;
    *point = more == 0 ? first : first & (0x3FUL >> more);
    for (i = 0; i < more; ++i, ++*at) {
        if (((unsigned char)**at & 0xC0) != 0x80)
            return 0;
        *point = *point << 6 | ((unsigned char)**at & 0x3F);
    }
    return *point >= LEAST[more] && *point <= 0x10FFFF &&
           (*point < 0xD800 || *point > 0xDFFF);
}

/* A character within a string. */
static int character(const char **at, const char *end, unsigned long *point)
{
    if (*at == end || (unsigned char)**at < 0x20 || **at == '"')
        return 0;
    return mark(at, end, '\\') ? escape(at, end, point) : utf8(at, end, point);
}

static int string(const char **at, const char *end, struct json *inside)
{
    unsigned long ignored;

    if (!mark(at, end, '"'))
        return 0;
    inside->at = *at;
    while (*at < end && **at != '"')
        if (!character(at, end, &ignored))
            return 0;
    inside->end = *at;
    return mark(at, end, '"');
}

/* By the grammar, and not beyond what binary64 has. */
static int number(const char **at, const char *end)
{
    const char *first = *at;
    double value;

    mark(at, end, '-');
    if (!mark(at, end, '0') && !digits(at, end))
        return 0;
    if (mark(at, end, '.') && !digits(at, end))
        return 0;
    if (mark(at, end, 'e') || mark(at, end, 'E')) {
        if (!mark(at, end, '-'))
            mark(at, end, '+');
        if (!digits(at, end))
            return 0;
    }
    value = strtod(first, NULL);
    return value <= DBL_MAX && value >= -DBL_MAX;
}

/* Whether the insides of two strings mean the same. */
static int same(struct json one, struct json other)
{
    unsigned long a, b;

    while (one.at < one.end && other.at < other.end)
        if (!character(&one.at, one.end, &a) || !character(&other.at, other.end, &b) || a != b)
            return 0;
    return one.at == one.end && other.at == other.end;
}

static int value(const char **at, const char *end, int level);

static int member(const char **at, const char *end, int level, struct json *name,
                  struct json *content)
{
    space(at, end);
    if (!string(at, end, name))
        return 0;
    space(at, end);
    if (!mark(at, end, ':'))
        return 0;
    space(at, end);
    content->at = *at;
    if (!value(at, end, level + 1))
        return 0;
    content->end = *at;
    space(at, end);
    return 1;
}

static int object(const char **at, const char *end, int level)
{
    struct json names[MAX_MEMBERS], content;
    size_t count = 0, i;

    space(at, end);
    if (mark(at, end, '}'))
        return 1;
    do {
        if (count == MAX_MEMBERS || !member(at, end, level, &names[count], &content))
            return 0;
        for (i = 0; i < count; ++i)
            if (same(names[i], names[count]))
                return 0;
        ++count;
    } while (mark(at, end, ','));
    return mark(at, end, '}');
}

static int array(const char **at, const char *end, int level)
{
    space(at, end);
    if (mark(at, end, ']'))
        return 1;
    do {
        space(at, end);
        if (!value(at, end, level + 1))
            return 0;
        space(at, end);
    } while (mark(at, end, ','));
    return mark(at, end, ']');
}

static int value(const char **at, const char *end, int level)
{
    struct json inside;

    if (mark(at, end, '{'))
        return level <= MAX_LEVELS && object(at, end, level);
    if (mark(at, end, '['))
        return level <= MAX_LEVELS && array(at, end, level);
    if (*at < end && **at == '"')
        return string(at, end, &inside);
    return token(at, end, "true") || token(at, end, "false") || token(at, end, "null") ||
           number(at, end);
}

int json_object(const char *line, size_t length, struct json *found)
{
    const char *at = line, *end = line + length;

    space(&at, end);
    found->at = at;
    if (at == end || *at != '{' || !value(&at, end, 1))
        return 0;
    found->end = at;
    space(&at, end);
    return at == end;
}

int json_member(struct json object, const char *name, struct json *found)
{
    struct json wanted, its;
    const char *at = object.at;

    wanted.at = name;
    wanted.end = name + strlen(name);
    if (!mark(&at, object.end, '{'))
        return 0;
    while (member(&at, object.end, 1, &its, found)) {
        if (same(its, wanted))
            return 1;
        mark(&at, object.end, ',');
    }
    return 0;
}

int json_element(struct json array, size_t index, struct json *found)
{
    const char *at = array.at;

    if (!mark(&at, array.end, '['))
        return 0;
    for (;;) {
        space(&at, array.end);
        found->at = at;
        if (!value(&at, array.end, 1))
            return 0;
        found->end = at;
        if (index-- == 0)
            return 1;
        space(&at, array.end);
        mark(&at, array.end, ',');
    }
}

int json_is_string(struct json value, const char *text)
{
    struct json inside, wanted;

    wanted.at = text;
    wanted.end = text + strlen(text);
    return string(&value.at, value.end, &inside) && same(inside, wanted);
}

int json_integer(struct json value, long *integer)
{
    const char *at = value.at;
    char *end;

    mark(&at, value.end, '-');
    if (!digits(&at, value.end) || at != value.end)
        return 0;
    errno = 0;
    *integer = strtol(value.at, &end, 10);
    return errno == 0;
}

int json_boolean(struct json value, int *boolean)
{
    *boolean = *value.at == 't';
    return *value.at == 't' || *value.at == 'f';
}

/* Gives how many bytes it wrote. */
static size_t put_utf8(unsigned long point, unsigned char bytes[4])
{
    static const unsigned char LEAD[] = {0, 0xC0, 0xE0, 0xF0};
    int more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    int i;

    for (i = more; i > 0; --i, point >>= 6)
        bytes[i] = (unsigned char)(0x80 | (point & 0x3F));
    bytes[0] = (unsigned char)(LEAD[more] | point);
    return (size_t)more + 1;
}

int json_string(struct json value, unsigned char *copy, size_t size, size_t *length)
{
    struct json inside;
    unsigned char bytes[4];
    unsigned long next;

    if (!string(&value.at, value.end, &inside))
        return 0;
    for (*length = 0; inside.at < inside.end;) {
        size_t count;

        if (!character(&inside.at, inside.end, &next))
            return 0;
        count = put_utf8(next, bytes);
        if (count > size - *length)
            return 0;
        memcpy(copy + *length, bytes, count);
        *length += count;
    }
    return 1;
}
