/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * jsonq PATH: reads one JSON value (RFC 8259, all of it) from stdin and prints what stands at
 * PATH (`device.rate`, `voices.0.clip`, `voices.#` for a count; without PATH: nothing). Exit
 * status 1 if there is no such thing, 2 if it is not JSON. For the scripts of tests/regress.
 */
#include "config.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *at;                  /* what is still to be read */
static bool found;

static void wrong(const char *what)
{
    fprintf(stderr, "jsonq: %s before: %.40s\n", what, at);
    exit(2);
}

static void skip_blanks(void)
{
    at += strspn(at, " \t\r\n");
}

static void expect(char c)
{
    if (*at != c)
        wrong("not what must come next");
    at++;
}

/* Reads a string. Return: what it says, with escapes as they stand, cut to size. */
static void read_string(char *text, size_t size)
{
    size_t used = 0;
    for (expect('"'); *at != '"'; at++) {
        if ((unsigned char)*at < 0x20)
            wrong("a control character or the end in a string");
        if (*at == '\\' && !strchr("\"\\/bfnrtu", at[1]))
            wrong("an unknown escape");
        if (*at == '\\' && at[1] == 'u' && strspn(at + 2, "0123456789abcdefABCDEF") < 4)
            wrong("a short \\u");
        if (*at == '\\' && used + 1 < size)
            text[used++] = *at++;
        if (used + 1 < size)
            text[used++] = *at;
    }
    text[used] = 0;
    at++;
}

/* The rest of the path after NAME, if that is its next step; else NULL. */
static const char *step(const char *path, const char *name)
{
    size_t length = strlen(name);
    if (!path || strncmp(path, name, length) != 0)
        return NULL;
    return path[length] == '.' ? path + length + 1 : path[length] == 0 ? path + length : NULL;
}

static void read_value(const char *path);

static void read_object(const char *path)
{
    char name[256];
    expect('{');
    skip_blanks();
    for (bool more = *at != '}'; more; more = *at == ',') {
        at += *at == ',';
        skip_blanks();
        read_string(name, sizeof name);
        skip_blanks();
        expect(':');
        read_value(step(path, name));
        skip_blanks();
    }
    expect('}');
}

static void read_array(const char *path)
{
    char name[32];
    int count = 0;
    expect('[');
    skip_blanks();
    for (bool more = *at != ']'; more; more = *at == ',') {
        at += *at == ',';
        snprintf(name, sizeof name, "%d", count++);
        read_value(step(path, name));
        skip_blanks();
    }
    expect(']');
    if (path && strcmp(path, "#") == 0) {
        printf("%d\n", count);
        found = true;
    }
}

static void read_number(void)
{
    at += *at == '-';
    if (*at == '0')
        at++;
    else if (isdigit((unsigned char)*at))
        at += strspn(at, "0123456789");
    else
        wrong("neither a value");
    if (*at == '.') {
        at++;
        if (!isdigit((unsigned char)*at))
            wrong("no digit after the point");
        at += strspn(at, "0123456789");
    }
    if (*at == 'e' || *at == 'E') {
        at++;
        at += *at == '+' || *at == '-';
        if (!isdigit((unsigned char)*at))
            wrong("no digit in the exponent");
        at += strspn(at, "0123456789");
    }
}

static void read_word_or_number(void)
{
    static const char *const words[] = { "true", "false", "null" };
    for (int i = 0; i < 3; i++)
        if (strncmp(at, words[i], strlen(words[i])) == 0) {
            at += strlen(words[i]);
            return;
        }
    read_number();
}

static void read_value(const char *path)
{
    static char text[65536];
    skip_blanks();
    const char *begin = at;
    bool is_text = *at == '"';
    if (*at == '{')
        read_object(path);
    else if (*at == '[')
        read_array(path);
    else if (is_text)
        read_string(text, sizeof text);
    else
        read_word_or_number();
    if (path && !*path) {
        if (is_text)
            printf("%s\n", text);
        else
            printf("%.*s\n", (int)(at - begin), begin);
        found = true;
    }
}

int main(int argc, char **argv)
{
    static char text[1 << 22];
    size_t length = fread(text, 1, sizeof text - 1, stdin);
    text[length] = 0;
    at = text;
    const char *wanted = argc > 1 ? argv[1] : NULL;
    read_value(wanted);
    skip_blanks();
    if (at != text + length)
        wrong("something more");
    return wanted && !found ? 1 : 0;
}
