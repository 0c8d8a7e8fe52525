#include "level1.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "words.h"

enum { MAX_TYPED = 1024, MAX_LINK = 8192, MAX_CHANNEL_DIGITS = 9 };

#define DIGITS "0123456789"
#define HEX_DIGITS DIGITS "abcdefABCDEF"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/* Characters of an address that stand for themselves in a link. */
static const char PLAIN[] = LETTERS DIGITS "-._~:/";

/* The characters of section 4 that are read as SP or as a hyphen, in UTF-8: the first bytes, and
   the bounds of the last one. */
static const struct lookalike {
    const char *first;
    unsigned char least, most;
    char read_as;
} LOOKALIKES[] = {
    {"\xC2", 0xA0, 0xA0, ' '},     {"\xE2\x80", 0x80, 0x8A, ' '}, {"\xE2\x80", 0xAF, 0xAF, ' '},
    {"\xE2\x81", 0x9F, 0x9F, ' '}, {"\xE3\x80", 0x80, 0x80, ' '}, {"\xE2\x80", 0x90, 0x95, '-'},
    {"\xE2\x88", 0x92, 0x92, '-'}, {"\xEF\xBC", 0x8D, 0x8D, '-'},
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* Takes a text away from the front of bytes, if it stands there. */
static int take(struct bytes *bytes, const char *text)
{
    size_t length = strlen(text);

    if (bytes->length < length || memcmp(bytes->at, text, length) != 0)
        return 0;
    bytes->at += length;
    bytes->length -= length;
    return 1;
}

/* Takes what stands before the first such byte, which is all where there is none. */
static struct bytes take_until(struct bytes *bytes, char end)
{
    struct bytes taken = *bytes;
    const unsigned char *found = memchr(bytes->at, end, bytes->length);

    if (found != NULL)
        taken.length = (size_t)(found - bytes->at);
    bytes->at += taken.length;
    bytes->length -= taken.length;
    return taken;
}

/* ---- codes */

/* Takes a character that a code may be typed with, as what it is read as. */
static int take_typed(struct bytes *typed, char *read_as)
{
    size_t i;

    for (i = 0; i < sizeof LOOKALIKES / sizeof *LOOKALIKES; ++i) {
        const struct lookalike *it = &LOOKALIKES[i];
        struct bytes rest = *typed;

        if (take(&rest, it->first) && rest.length > 0 && *rest.at >= it->least &&
            *rest.at <= it->most) {
            typed->at = rest.at + 1;
            typed->length = rest.length - 1;
            *read_as = it->read_as;
            return 1;
        }
    }
    *read_as = lower((char)*typed->at);
    if ((*typed->at < ' ' || *typed->at > '~') && memchr("\t\n\r", *typed->at, 3) == NULL)
        return 0;
    ++typed->at;
    --typed->length;
    return 1;
}

/* Gives the byte of a word in a list, or -1. */
static int find(const char *const list[256], const char *word)
{
    int byte = 255;

    while (byte >= 0 && strcmp(list[byte], word) != 0)
        --byte;
    return byte;
}

/* Takes white space off both ends, and makes each run of separators one hyphen (CODE-5). */
static void tidy(char *text, size_t length)
{
    const char *from = text;
    char *to = text;

    for (; length > 0 && memchr("\t\n\r ", from[length - 1], 4) != NULL; --length)
        ;
    for (; length > 0 && memchr("\t\n\r ", *from, 4) != NULL; --length)
        ++from;
    for (; length > 0; --length, ++from) {
        int is_separator = memchr("\t -_", *from, 4) != NULL;

        if (!is_separator)
            *to++ = *from;
        else if (to == text || to[-1] != '-')
            *to++ = '-';
    }
    *to = '\0';
}

/* Splits a text at its hyphens; gives the number of the parts, of which it keeps the first few. */
static size_t split(char *text, char *parts[], size_t most)
{
    size_t count = 0;

    for (; text != NULL; ++count) {
        char *hyphen = strchr(text, '-');

        if (count < most)
            parts[count] = text;
        if (hyphen != NULL)
            *hyphen = '\0';
        text = hyphen == NULL ? NULL : hyphen + 1;
    }
    return count;
}

const char *program_read_code(struct bytes typed, struct code *code)
{
    char text[MAX_TYPED + 1], *parts[1 + 8];
    size_t length = 0, count, i;

    if (typed.length > MAX_TYPED)
        return "too-long";
    take(&typed, "\xEF\xBB\xBF");
    while (typed.length > 0)
        if (!take_typed(&typed, &text[length++]))
            return "bad-character";
    tidy(text, length);
    count = split(text, parts, 1 + 8) - 1;
    length = strspn(parts[0], DIGITS);
    if (length == 0 || length > MAX_CHANNEL_DIGITS || parts[0][length] != '\0' || *text == '0')
        return "bad-channel";
    if (count < 2 || count > 8)
        return "word-count";
    code->channel = strtol(parts[0], NULL, 10);
    code->count = count;
    for (i = 0; i < count; ++i) {
        const char *const *own = LISTS[i % 2], *const *other = LISTS[(i + 1) % 2];
        int byte = find(own, parts[1 + i]);

        if (byte < 0 && find(other, parts[1 + i]) >= 0 && i + 1 < count &&
            find(own, parts[1 + i + 1]) >= 0)
            return "swapped-words";
        if (byte < 0)
            return "unknown-word";
        code->words[i] = own[byte];
    }
    return NULL;
}

static void write_code(const struct code *code, char text[CODE_SIZE])
{
    size_t i;
    int length = snprintf(text, CODE_SIZE, "%ld", code->channel);

    for (i = 0; i < code->count; ++i)
        length += snprintf(text + length, CODE_SIZE - (size_t)length, "-%s", code->words[i]);
}

int program_show_code(long channel, struct bytes words, char text[CODE_SIZE])
{
    struct code code;
    size_t i;

    if (words.length < 2 || words.length > 8)
        return 0;
    code.channel = channel;
    code.count = words.length;
    for (i = 0; i < words.length; ++i)
        code.words[i] = LISTS[i % 2][words.at[i]];
    write_code(&code, text);
    return 1;
}

/* ---- appids */

int program_appid_in_target(struct bytes appid, char hex[APPID_SIZE])
{
    size_t i;

    if (appid.length < 1 || appid.length > MAX_APPID)
        return 0;
    for (i = 0; i < appid.length; ++i)
        snprintf(hex + 2 * i, 3, "%02x", appid.at[i]);
    return 1;
}

/* ---- addresses */

/* Whether a text begins with another, which is in lowercase, in any case. */
static int begins(const char *text, const char *with)
{
    for (; *with != '\0'; ++text, ++with)
        if (lower(*text) != *with)
            return 0;
    return 1;
}

/* Reads four decimal numbers from 0 to 255, without leading zeros, up to end. */
static int read_ipv4(const char *at, const char *end, unsigned char address[4])
{
    int i;

    for (i = 0; i < 4; ++i) {
        size_t length = strspn(at, DIGITS);
        long number = length >= 1 && length <= 3 ? strtol(at, NULL, 10) : 256;

        if (number > 255 || (length > 1 && *at == '0'))
            return 0;
        address[i] = (unsigned char)number;
        at += length;
        if (i < 3 && *at++ != '.')
            return 0;
    }
    return at == end;
}

/* Reads an IPv6 address without zone, up to end, where a `]` stands. */
static int read_ipv6(const char *at, const char *end, unsigned char address[16])
{
    enum { NO_GAP = 16 };
    size_t count = 0, gap = NO_GAP;

    memset(address, 0, 16);
    if (at[0] == ':' && at[1] == ':') {
        gap = 0;
        at += 2;
    }
    while (at < end) {
        size_t length = strspn(at, HEX_DIGITS);
        long group;

        if (count <= 12 && read_ipv4(at, end, address + count)) {
            count += 4;
            break;
        }
        if (count == 16 || length < 1 || length > 4)
            return 0;
        group = strtol(at, NULL, 16);
        address[count++] = (unsigned char)(group >> 8);
        address[count++] = (unsigned char)(group & 0xFF);
        at += length;
        if (at == end)
            break;
        if (*at++ != ':' || at == end)
            return 0;
        if (*at == ':') {
            if (gap != NO_GAP)
                return 0;
            gap = count;
            ++at;
        }
    }
    if (gap == NO_GAP)
        return count == 16;
    if (count > 14)
        return 0;
    memmove(address + 16 - (count - gap), address + gap, count - gap);
    memset(address + gap, 0, 16 - count);
    return 1;
}

/* Reads a host up to end; tells whether plain http may go to it (RDV-2). */
static int read_host(const char *host, const char *end, int *is_this_machine)
{
    static const unsigned char LOOPBACK[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    unsigned char address[16];

    if (*host == '[') {
        if (end[-1] != ']' || !read_ipv6(host + 1, end - 1, address))
            return 0;
        *is_this_machine = memcmp(address, LOOPBACK, 16) == 0;
        return 1;
    }
    *is_this_machine = (end - host == 9 && begins(host, "localhost")) ||
                       (read_ipv4(host, end, address) && address[0] == 127);
    return end > host && strspn(host, LETTERS DIGITS "-._") >= (size_t)(end - host);
}

static int is_port(const char *digits)
{
    size_t length;

    digits += strspn(digits, "0");
    length = strspn(digits, DIGITS);
    return length >= 1 && length <= 5 && strtol(digits, NULL, 10) <= 65535;
}

/* Gives what is behind a dot, which may be escaped, or the text itself. */
static const char *behind_dot(const char *text)
{
    return *text == '.' ? text + 1 : begins(text, "%2e") ? text + 3 : text;
}

/* Whether a path is empty, or of segments that RFC 3986 allows and that are no dots. */
static int is_path(const char *path)
{
    while (*path == '/') {
        const char *segment = ++path, *dots = behind_dot(behind_dot(segment));

        for (; *path != '\0' && *path != '/'; ++path)
            if (*path == '%' ? strspn(path + 1, HEX_DIGITS) < 2
                             : strchr(LETTERS DIGITS "-._~!$&'()*+,;=:@", *path) == NULL)
                return 0;
        if (dots > segment && dots == path)
            return 0;
    }
    return *path == '\0';
}

int program_base_of(struct bytes address, int allow_plain_http, char base[ADDRESS_SIZE])
{
    const char *host, *host_end, *path;
    int is_http, is_this_machine;
    size_t i;

    if (address.length >= ADDRESS_SIZE)
        return 0;
    for (i = 0; i < address.length; ++i)
        if (address.at[i] < 0x21 || address.at[i] > 0x7E)
            return 0;
    memcpy(base, address.at, address.length);
    base[address.length] = '\0';

    is_http = begins(base, "http://");
    if (!is_http && !begins(base, "https://"))
        return 0;
    host = base + (is_http ? 7 : 8);
    path = host + strcspn(host, "/?#");
    host_end = *host == '[' ? host + strcspn(host, "]") + 1 : host + strcspn(host, ":/?#");
    if (host_end > path || !read_host(host, host_end, &is_this_machine))
        return 0;
    if (host_end < path && (*host_end != ':' || !is_port(host_end + 1) ||
                            host_end + 1 + strspn(host_end + 1, DIGITS) != path))
        return 0;
    if (!is_path(path) || (is_http && !is_this_machine && !allow_plain_http))
        return 0;
    if (base[address.length - 1] == '/')
        base[address.length - 1] = '\0';
    return 1;
}

/* ---- links */

/* Writes an address as LINK-1 does, in at most three times its length and a NUL. */
static void escape(struct bytes address, char *text)
{
    char *to = text;

    for (; address.length > 0; ++address.at, --address.length)
        if (memchr(PLAIN, *address.at, sizeof PLAIN - 1) != NULL)
            *to++ = (char)*address.at;
        else
            to += sprintf(to, "%%%02X", *address.at);
    *to = '\0';
}

/* Undoes escapes; what is none stays as it is. Gives the length, which is never longer. */
static size_t unescape(struct bytes text, unsigned char *address)
{
    static const char HEX[] = DIGITS "ABCDEF";
    unsigned char *to = address;

    for (; text.length > 0; ++text.at, --text.length) {
        const char *high = NULL, *low = NULL;

        if (*text.at == '%' && text.length >= 3) {
            high = memchr(HEX, text.at[1], 16);
            low = memchr(HEX, text.at[2], 16);
        }
        if (high != NULL && low != NULL) {
            *to++ = (unsigned char)((high - HEX) * 16 + (low - HEX));
            text.at += 2;
            text.length -= 2;
        } else {
            *to++ = *text.at;
        }
    }
    return (size_t)(to - address);
}

static int equal(struct bytes bytes, const char *text)
{
    return bytes.length == strlen(text) && memcmp(bytes.at, text, bytes.length) == 0;
}

/* Copies the hex of 1 to 128 bytes. */
static int copy_appid(struct bytes hex, char appid[APPID_SIZE])
{
    if (hex.length < 2 || hex.length >= APPID_SIZE || hex.length % 2 != 0)
        return 0;
    memcpy(appid, hex.at, hex.length);
    appid[hex.length] = '\0';
    return strspn(appid, DIGITS "abcdef") == hex.length;
}

/* Copies the address that LINK-1 escapes so. */
static int copy_relay(struct bytes escaped, int allow_plain_http, char relay[ADDRESS_SIZE])
{
    unsigned char unescaped[MAX_LINK];
    char again[3 * ADDRESS_SIZE];
    struct bytes address;

    address.at = unescaped;
    address.length = unescape(escaped, unescaped);
    if (!program_base_of(address, allow_plain_http, relay))
        return 0;
    memcpy(relay, address.at, address.length); /* with its slash */
    relay[address.length] = '\0';
    escape(address, again);
    return equal(escaped, again);
}

const char *program_read_link(struct bytes text, int allow_plain_http, struct link *link)
{
    struct bytes code, appid;
    char shown[CODE_SIZE];

    if (text.length > MAX_LINK)
        return "too-long";
    if (!take(&text, "wormhole-sync:"))
        return "bad-form";
    code = take_until(&text, '?');
    if (!take(&text, "?appid="))
        return "bad-form";
    appid = take_until(&text, '&');
    if (!take(&text, "&relay="))
        return "bad-form";
    if (program_read_code(code, &link->code) != NULL)
        return "bad-code";
    write_code(&link->code, shown);
    if (!equal(code, shown))
        return "bad-code";
    if (!copy_appid(appid, link->appid))
        return "bad-appid";
    if (!copy_relay(text, allow_plain_http, link->relay))
        return "bad-relay";
    return NULL;
}

int program_show_link(const char *code, struct bytes appid, struct bytes relay,
                      char text[LINK_SIZE])
{
    char hex[APPID_SIZE];
    int length;

    if (!program_appid_in_target(appid, hex) || relay.length >= ADDRESS_SIZE)
        return 0;
    length = snprintf(text, LINK_SIZE, "wormhole-sync:%s?appid=%s&relay=", code, hex);
    escape(relay, text + length);
    return 1;
}

int program_must_ask_appid(const struct link *link, struct bytes own)
{
    char hex[APPID_SIZE];

    return !program_appid_in_target(own, hex) || strcmp(hex, link->appid) != 0;
}

int program_must_ask_relay(const struct link *link, struct bytes own)
{
    struct bytes relay;

    relay.at = (const unsigned char *)link->relay;
    relay.length = strlen(link->relay);
    relay.length -= relay.at[relay.length - 1] == '/';
    own.length -= own.length > 0 && own.at[own.length - 1] == '/';
    return relay.length != own.length || memcmp(relay.at, own.at, own.length) != 0;
}
