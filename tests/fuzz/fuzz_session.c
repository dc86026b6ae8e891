/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a session: a document that survives being written, or one clear line. */
#include "config.h"

#include "base/strbuf.h"
#include "session/check.h"
#include "session/session.h"
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const fuzz_seeds[] = {"conf/example.orp", NULL};
const char *const fuzz_words[] = {
    "{", "}", "(", ")", "[", "]", ";", ",", "=", "\"", "\\", "\\x00", "\\xff", "/*", "*/", "//", "#", "\n", "@include \"x\"\n",
    "3000000000",
    "3000000000L", "9223372036854775808L", "0x80000000", "1e999", "-inf", "\"-inf\"", "-1", "0", "1.5", "true", "ORP2027A",
    "tabs = ( );",
    "clips = ( );", "row = 1;", "id = \"c1\";", "span = [4, 1];", "voices = 24;", "mode = \"gate\";",
    "unknown = ( 1, { a = [ 2L ]; } );", "\xff", "\xc3\xbc", NULL,
};

static void broken(const char *law, const char *text)
{
    fprintf(stderr, "broken: %s\n%s\n", law, text);
    abort();
}

static void count_finding(void *context, enum session_check_level level, const char *clip, const char *text)
{
    *(int *)context += level > SESSION_CHECK_FIT && strlen(clip) < 16 && *text && !strchr(text, '\n');
}

static void check_show(struct show *show)
{
    struct strbuf once = {0}, twice = {0};
    struct err err = {0};
    session_write(show, &once);
    struct show *again = session_parse(once.s, once.len, "written", NULL, &err);
    if (!again)
        broken(err.text, once.s);
    session_write(again, &twice);
    if (strcmp(once.s, twice.s))
        broken("what was written reads back differently", once.s);
    int findings = 0;
    if ((session_check_document(show, count_finding, &findings) != SESSION_CHECK_FIT) != (findings > 0))
        broken("a check without a finding", once.s);
    strbuf_clear(&once);
    strbuf_clear(&twice);
    show_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct err err = {0};
    struct show *show = session_parse((const char *)bytes, count, "input", NULL, &err);
    if (show)
        check_show(show);
    else if (strncmp(err.text, "input:", 6) || strchr(err.text, '\n') || atoi(err.text + 6) < 1)
        broken("an error without file and line", err.text);
    show_free(show);
    return 0;
}
