/* A reader of strict JSON (section 8), over one line in memory: it allocates nothing, and copies
   only what it is asked for. */
#ifndef JSON_H
#define JSON_H

#include <stddef.h>

/* A value, or the inside of a string, within the line. */
struct json {
    const char *at, *end;
};

/* Checks a line, which a NUL follows; gives whether it is one object. The functions below are for
   what it has checked. Each gives whether there is such a value. */
int json_object(const char *line, size_t length, struct json *object);

int json_member(struct json object, const char *name, struct json *value);
int json_element(struct json array, size_t index, struct json *value);
int json_is_string(struct json value, const char *text);
int json_integer(struct json value, long *integer);
int json_boolean(struct json value, int *boolean);

/* Copies a string as UTF-8. It may hold NUL, and is never longer than its text in the line. */
int json_string(struct json value, unsigned char *copy, size_t size, size_t *length);

#endif
