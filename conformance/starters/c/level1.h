/* Stands in for your program, as far as level 1 goes: codes, links, appids and addresses, by
   sections 3 and 4. Delete each function once adapter.c calls yours. */
#ifndef LEVEL1_H
#define LEVEL1_H

#include <stddef.h>

/* The longest texts, with their NUL. */
enum {
    MAX_APPID = 128,
    CODE_SIZE = 9 + 8 * (1 + 11) + 1,
    APPID_SIZE = 2 * MAX_APPID + 1,
    ADDRESS_SIZE = 2048 + 1,
    LINK_SIZE = 14 + CODE_SIZE + 7 + APPID_SIZE + 7 + 3 * ADDRESS_SIZE
};

struct bytes {
    const unsigned char *at;
    size_t length;
};

struct code {
    long channel;
    size_t count;
    const char *words[8];
};

struct link {
    struct code code;
    char appid[APPID_SIZE]; /* in hex */
    char relay[ADDRESS_SIZE];
};

/* Those that read give the fault, or NULL where there is none; those that show something give
   whether they accept their input. */

/* CODE-4 to CODE-7 */
const char *program_read_code(struct bytes typed, struct code *code);

/* CODE-1 to CODE-3, of the bytes of the named value `words` */
int program_show_code(long channel, struct bytes words, char text[CODE_SIZE]);

/* APP-1, RDV-3 */
int program_appid_in_target(struct bytes appid, char hex[APPID_SIZE]);

/* RDV-1 to RDV-3: an address less one trailing slash */
int program_base_of(struct bytes address, int allow_plain_http, char base[ADDRESS_SIZE]);

/* LINK-2 */
const char *program_read_link(struct bytes text, int allow_plain_http, struct link *link);

/* LINK-1 */
int program_show_link(const char *code, struct bytes appid, struct bytes relay,
                      char text[LINK_SIZE]);

/* LINK-5, LINK-6: whether the user has to be asked */
int program_must_ask_relay(const struct link *link, struct bytes own);
int program_must_ask_appid(const struct link *link, struct bytes own);

#endif
