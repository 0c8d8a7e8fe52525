/* An adapter for the conformance suite of wormhole-sync: ADAPTER.md, protocol version 1.

   It passes level 1 as it stands, with level1.c in the place of your program. Every call of a
   function program_... is one to replace by a call of yours. C99, without any library:

       cc -std=c99 -Wall -Wextra -Werror -o adapter adapter.c json.c level1.c */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "level1.h" /* your program */

#define NAME "my-wormhole-sync"
#define VERSION "0.1.0"
#define SPEC "1.1.0" /* the text that yours follows */

enum { MAX_LINE = 1024 * 1024 };

struct request {
    struct json id, in;
    const char *wrong; /* the name of an input that the suite should not have sent, or NULL */
};

/* ---- inputs, with their types; what is wrong gives an empty value, and is noted */

/* A string is never longer than its text in the line, so those of one line fit. */
static unsigned char strings[MAX_LINE];
static size_t strings_used;

static struct bytes string(struct request *request, const char *name)
{
    struct bytes bytes = {strings + strings_used, 0};
    struct json value;

    if (!json_member(request->in, name, &value) ||
        !json_string(value, strings + strings_used, MAX_LINE - strings_used, &bytes.length))
        request->wrong = name;
    strings_used += bytes.length;
    return bytes;
}

static struct bytes hex_bytes(struct request *request, const char *name)
{
    static const char HEX[] = "0123456789abcdef";
    struct bytes bytes = string(request, name);
    unsigned char *to = strings + (bytes.at - strings);
    size_t i;

    for (i = 0; i + 1 < bytes.length; i += 2) {
        const char *high = memchr(HEX, bytes.at[i], 16), *low = memchr(HEX, bytes.at[i + 1], 16);

        if (high == NULL || low == NULL)
            break;
        to[i / 2] = (unsigned char)((high - HEX) * 16 + (low - HEX));
    }
    if (i != bytes.length)
        request->wrong = name;
    bytes.length = i / 2;
    return bytes;
}

static int boolean(struct request *request, const char *name)
{
    struct json value;
    int given = 0;

    if (!json_member(request->in, name, &value) || !json_boolean(value, &given))
        request->wrong = name;
    return given;
}

static long channel_id(struct request *request)
{
    struct json value;
    long channel = 0;

    if (!json_member(request->in, "channel", &value) || !json_integer(value, &channel) ||
        channel < 1 || channel > 999999999)
        request->wrong = "channel";
    return channel;
}

/* ---- replies */

static const char *comma; /* what stands before the next member of "ok" */

static void put_string(const char *text)
{
    putchar('"');
    for (; *text != '\0'; ++text)
        if (*text == '"' || *text == '\\' || (unsigned char)*text < 0x20)
            printf("\\u%04x", (unsigned)(unsigned char)*text);
        else
            putchar(*text);
    putchar('"');
}

static void begin(const struct request *request, const char *kind)
{
    printf("{\"id\":%.*s,\"%s\":", (int)(request->id.end - request->id.at), request->id.at, kind);
}

static void cannot_try(const struct request *request, const char *why)
{
    begin(request, "error");
    put_string(why);
    puts("}");
}

static void wrong_input(const struct request *request)
{
    begin(request, "error");
    printf("\"%s is missing, of another type or out of its bounds\"}\n", request->wrong);
}

static void refuse(const struct request *request, const char *outcome, const char *fault)
{
    begin(request, "refused");
    printf("{\"outcome\":\"%s\"", outcome);
    if (fault != NULL)
        printf(",\"fault\":\"%s\"", fault);
    puts("}}");
}

static void begin_ok(const struct request *request)
{
    begin(request, "ok");
    comma = "{";
}

static void add(const char *name)
{
    printf("%s\"%s\":", comma, name);
    comma = ",";
}

static void add_string(const char *name, const char *value)
{
    add(name);
    put_string(value);
}

static void add_integer(const char *name, long value)
{
    add(name);
    printf("%ld", value);
}

static void add_boolean(const char *name, int value)
{
    add(name);
    fputs(value ? "true" : "false", stdout);
}

static void add_code(const struct code *code)
{
    size_t i;

    add_integer("channel", code->channel);
    add("words");
    for (i = 0; i < code->count; ++i) {
        putchar(i == 0 ? '[' : ',');
        put_string(code->words[i]);
    }
    putchar(']');
}

static void end_ok(void)
{
    puts("}}");
}

/* ---- operations: each reads its inputs, calls your program, and replies */

static void code_parse(struct request *request)
{
    struct bytes input = hex_bytes(request, "input");
    struct code code;
    const char *fault;

    if (request->wrong) {
        wrong_input(request);
    } else if ((fault = program_read_code(input, &code)) != NULL) {
        refuse(request, "bad-code", fault);
    } else {
        begin_ok(request);
        add_code(&code);
        end_ok();
    }
}

static void code_print(struct request *request)
{
    long channel = channel_id(request);
    struct bytes words = hex_bytes(request, "words");
    char code[CODE_SIZE];

    if (request->wrong) {
        wrong_input(request);
    } else if (!program_show_code(channel, words, code)) {
        refuse(request, "bad-code", NULL);
    } else {
        begin_ok(request);
        add_string("code", code);
        end_ok();
    }
}

static void link_parse(struct request *request)
{
    struct bytes text = hex_bytes(request, "link");
    struct bytes own_appid = hex_bytes(request, "own_appid");
    struct bytes own_relay = string(request, "own_relay");
    int allow_plain_http = boolean(request, "allow_plain_http");
    struct link link;
    const char *fault;

    if (request->wrong) {
        wrong_input(request);
    } else if ((fault = program_read_link(text, allow_plain_http, &link)) != NULL) {
        refuse(request, "bad-link", fault);
    } else {
        begin_ok(request);
        add_code(&link.code);
        add_string("appid", link.appid);
        add_string("relay", link.relay);
        add_boolean("ask_appid", program_must_ask_appid(&link, own_appid));
        add_boolean("ask_relay", program_must_ask_relay(&link, own_relay));
        end_ok();
    }
}

static void link_print(struct request *request)
{
    long channel = channel_id(request);
    struct bytes words = hex_bytes(request, "words");
    struct bytes appid = hex_bytes(request, "appid");
    struct bytes relay = string(request, "relay");
    char code[CODE_SIZE], link[LINK_SIZE];

    if (request->wrong) {
        wrong_input(request);
    } else if (!program_show_code(channel, words, code) ||
               !program_show_link(code, appid, relay, link)) {
        cannot_try(request, "an input is out of its bounds");
    } else {
        begin_ok(request);
        add_string("link", link);
        end_ok();
    }
}

static void appid(struct request *request)
{
    struct bytes appid = hex_bytes(request, "appid");
    char hex[APPID_SIZE];

    if (request->wrong) {
        wrong_input(request);
    } else if (!program_appid_in_target(appid, hex)) {
        refuse(request, "bad-appid", NULL);
    } else {
        begin_ok(request);
        add_string("hex", hex);
        end_ok();
    }
}

static void rendezvous(struct request *request)
{
    struct bytes address = string(request, "address");
    int allow_plain_http = boolean(request, "allow_plain_http");
    char base[ADDRESS_SIZE];

    if (request->wrong) {
        wrong_input(request);
    } else if (!program_base_of(address, allow_plain_http, base)) {
        refuse(request, "bad-rendezvous", NULL);
    } else {
        begin_ok(request);
        add_string("base", base);
        end_ok();
    }
}

/* What is not listed here is not offered: the suite names it as missing. */
static const struct operation {
    const char *name;
    void (*reply_to)(struct request *request);
} OPERATIONS[] = {
    {"code-parse", code_parse}, {"code-print", code_print}, {"link-parse", link_parse},
    {"link-print", link_print}, {"appid", appid},           {"rendezvous", rendezvous},
};
enum { OPERATION_COUNT = sizeof OPERATIONS / sizeof *OPERATIONS };

/* ---- the protocol: a hello each way, then a reply to each request, a line each */

static char line[MAX_LINE + 1];

/* Nothing after a line that is none of the protocol can be trusted. */
static void fail(const char *why)
{
    fprintf(stderr, "adapter: %s\n", why);
    exit(1);
}

/* Reads a line without its LF, and a NUL in its place; gives 0 at the end of standard input. */
static int read_line(size_t *length)
{
    int next;

    for (*length = 0; (next = getchar()) != '\n'; line[(*length)++] = (char)next) {
        if (next == EOF)
            return 0; /* what follows the last LF is no line */
        if (*length == MAX_LINE)
            fail("a line is longer than 1 MiB");
    }
    line[*length] = '\0';
    return 1;
}

static void greet(struct json message)
{
    struct json hello, protocol, value;
    long lowest, highest;
    size_t i;

    if (!json_member(message, "hello", &hello) || !json_member(hello, "protocol", &protocol) ||
        !json_element(protocol, 0, &value) || !json_integer(value, &lowest) ||
        !json_element(protocol, 1, &value) || !json_integer(value, &highest) ||
        lowest > 1 || highest < 1)
        fail("the first line is no hello of a suite that speaks version 1");
    /* "roles" are "initiator" and "receiver", once you offer "run". */
    printf("{\"hello\":{\"protocol\":1,\"name\":\"%s\",\"version\":\"%s\",\"spec\":\"%s\","
           "\"roles\":[],\"inject\":[],\"operations\":",
           NAME, VERSION, SPEC);
    for (i = 0; i < OPERATION_COUNT; ++i)
        printf("%c\"%s\"", i == 0 ? '[' : ',', OPERATIONS[i].name);
    puts("]}}");
}

static void answer(struct json message)
{
    struct request request = {{NULL, NULL}, {NULL, NULL}, NULL};
    struct json op;
    size_t i;

    if (!json_member(message, "id", &request.id) || *request.id.at != '"' ||
        !json_member(message, "op", &op) || *op.at != '"' ||
        !json_member(message, "in", &request.in) || *request.in.at != '{')
        fail("a line has no string id, no string op or no object in");
    strings_used = 0;
    for (i = 0; i < OPERATION_COUNT; ++i)
        if (json_is_string(op, OPERATIONS[i].name)) {
            OPERATIONS[i].reply_to(&request);
            return;
        }
    cannot_try(&request, "no such operation");
}

int main(void)
{
    struct json message;
    size_t length;
    int is_greeted = 0;

    while (read_line(&length)) {
        if (!json_object(line, length, &message))
            fail("a line is no object of strict JSON");
        if (is_greeted)
            answer(message);
        else
            greet(message);
        is_greeted = 1;
        if (fflush(stdout) != 0)
            fail("a reply cannot be written");
    }
    return 0;
}

/* Where to go on, in the folder of the suite:
     cargo conformance doctor --adapter PATH/adapter      names the next operation
     cargo conformance --adapter PATH/adapter --level 1   judges a level
     cargo conformance show TEST                          explains a test that failed
   conformance/ADAPTER.md has the inputs and results of each operation,
   conformance/sample-session.txt a line of each. After level 1 comes "spake2-start"; "run", the
   last, needs more than one request at a time. */
