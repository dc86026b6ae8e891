/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clipgrid.conf, and the two example files. */
#include "config.h"

#include "../folder.h"

#include "base/strbuf.h"
#include "session/conf.h"
#include "session/libconf.h"
#include "session/session.h"
#include "session/textfile.h"
#include "show/property.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static void refuse(const char *text, const char *wanted)
{
    struct conf conf, before;
    struct err err = {0};
    conf_init(&conf);
    before = conf;
    folder_write("c", text);
    assert_int_equal(conf_load(&conf, "c", &err), -1);
    assert_memory_equal(&conf, &before, sizeof conf);
    if (strncmp(err.text, wanted, strlen(wanted)))
        fail_msg("%s: got \"%s\", wanted \"%s\"", text, err.text, wanted);
}

static void settings_arrive(void **state)
{
    (void)state;
    struct conf conf;
    struct err err = {0};
    conf_init(&conf);
    assert_true(conf.dither && !conf.equal_latency && !conf.rate && !*conf.device && !conf.bindings);
    folder_write("c", "device = \"hw:1\"; fallback = ( \"hw:0\", \"clock\" ); format = \"S16_LE\"; rate = 48000; "
                 "period = 64; periods = 3; dither = false; equal_latency = true; memory_mb = 100;\n"
                 "socket_group = \"audio\"; bind = ( { key = \"F5\"; command = \"stop all\"; }, { command = \"tab 2\"; key = \"^X\"; } );");
    if (conf_load(&conf, "c", &err) < 0)
        fail_msg("%s", err.text);
    assert_string_equal(conf.device, "hw:1");
    assert_string_equal(conf.fallback[0], "hw:0");
    assert_string_equal(conf.fallback[1], "clock");
    assert_string_equal(conf.fallback[2], "");
    assert_string_equal(conf.format, "S16_LE");
    assert_string_equal(conf.socket_group, "audio");
    assert_true(conf.rate == 48000 && conf.period == 64 && conf.periods == 3 && !conf.dither && conf.equal_latency &&
                conf.memory_mb == 100);
    assert_int_equal(conf.bindings, 2);
    assert_string_equal(conf.binding[1].key, "^X");
    assert_string_equal(conf.binding[1].command, "tab 2");
}

static void mistakes_are_seen(void **state)
{
    (void)state;
    refuse("\nrat = 48000;", "c:2: rat: no such setting; there are device, fallback, rate, period, periods, format, dither, "
           "capture, record_a, record_b, ltc, preroll_ms, equal_latency, memory_mb, background_load, load_ceiling, flight_mb, "
           "after_cut, socket_group, bind");
    refuse("rate = 48000; period = 15;", "c:1: period: wants 0, or frames from 16 to 8192");
    refuse("rate = 48000.0;", "c:1: rate: wants");
    refuse("rate = -1;", "c:1: rate: wants");
    refuse("rate = 4294967297L;", "c:1: rate: wants");
    refuse("dither = 1;", "c:1: dither: wants true or false");
    refuse("device = \"a\\nb\";", "c:1: device: wants");
    refuse("record_a = 1;", "c:1: record_a: wants [], or one or two channels from 1 to 64");
    refuse("record_b = [1, 2, 3];", "c:1: record_b: wants");
    refuse("record_b = [0];", "c:1: record_b: wants");
    refuse("ltc = 65;", "c:1: ltc: wants 0, or a channel from 1 to 64");
    refuse("preroll_ms = 5001;", "c:1: preroll_ms: wants");
    refuse("format = \"S8\";", "c:1: format: wants");
    refuse("fallback = \"hw:0\";", "c:1: fallback: wants a list");
    refuse("fallback = (\n\"hw:0\", 1);", "c:2: fallback: wants a list");
    refuse("fallback = ( \"1\", \"2\", \"3\", \"4\", \"5\", \"6\", \"7\", \"8\" );", "c:1: fallback: wants a list");
    refuse("bind = { };", "c:1: bind: wants a list");
    refuse("bind = ( \"F5\" );", "c:1: bind: wants a list");
    refuse("bind = (\n{ key = \"\"; command = \"x\"; } );", "c:2: bind: wants a list");
    refuse("bind = (\n{ key = \"F5\"; } );", "c:2: bind: wants a list");
    refuse("bind = (\n{ key = \"F5\"; command = \"stop all\"; },\n{ key = \"F5\"; command = \"panic\"; } );",
           "c:3: bind: F5 is bound to \"stop all\" already");
    refuse("@include \"x\"", "c:1: @include is refused");
}

static void the_usual_file_may_be_missing(void **state)
{
    struct conf conf;
    struct err err = {0};
    conf_init(&conf);
    setenv("XDG_CONFIG_HOME", *state, 1);
    assert_int_equal(conf_load(&conf, NULL, &err), 0);
    assert_int_equal(conf_load(&conf, "absent", &err), -1);
    assert_string_equal(err.text, "absent: no such file");
    assert_int_equal(mkdir("clipgrid", 0700), 0);
    folder_write("clipgrid/clipgrid.conf", "memory_mb = 64;");
    assert_int_equal(conf_load(&conf, NULL, &err), 0);
    assert_int_equal(conf.memory_mb, 64);
    folder_write("clipgrid/clipgrid.conf", "memory_mb = 1;");
    assert_int_equal(conf_load(&conf, NULL, &err), -1);
    assert_non_null(strstr(err.text, "clipgrid/clipgrid.conf:1: memory_mb: wants"));
}

/* What a setting prints reads back. */
static void settings_print(void **state)
{
    (void)state;
    struct conf conf, again;
    struct strbuf text = {0};
    conf_init(&conf);
    strcpy(conf.device, "a \"b\\");
    conf.rate = 44100;
    conf.dither = false;
    conf.bindings = 1;
    strcpy(conf.binding[0].key, "F1");
    strcpy(conf.binding[0].command, "press \"x y\"");
    for (int i = 0; i < conf_count(); i++)
        conf_fmt_setting(i, &conf, &text);
    folder_write("c", text.s);
    conf_init(&again);
    assert_int_equal(conf_load(&again, "c", NULL), 0);
    assert_memory_equal(&conf, &again, sizeof conf);
    strbuf_reset(&text);
    conf_fmt_mdoc(&text);
    assert_non_null(strstr(text.s, ".It Ic dither\nOutputs of 16 bits are dithered.\nAllowed: true or false; default: true.\n"));
    strbuf_clear(&text);
}

/* Takes the # away from every line that is a setting and not a sentence. */
static void uncomment(struct strbuf *text, struct strbuf *out)
{
    for (const char *line = text->s; *line;) {
        size_t length = strcspn(line, "\n") + 1;
        bool setting = line[0] == '#' && line[1] >= 'a' && line[1] <= 'z';
        strbuf_add(out, line + setting, length - setting);
        line += length;
    }
}

static void the_example_shows_every_setting(void **state)
{
    (void)state;
    struct strbuf text = {0}, bare = {0};
    struct err err = {0};
    struct conf conf;
    assert_int_equal(textfile_read(CONF_FOLDER "/clipgrid.conf.example", "file", 1 << 20, &text, &err), 0);
    uncomment(&text, &bare);
    folder_write("c", text.s);
    conf_init(&conf);
    assert_int_equal(conf_load(&conf, "c", &err), 0);
    assert_true(!*conf.device && !conf.bindings);       /* as it is shipped, nothing is set */
    folder_write("c", bare.s);
    if (conf_load(&conf, "c", &err) < 0)
        fail_msg("%s", err.text);
    assert_true(*conf.device && conf.bindings == 2);
    struct tree_doc doc;
    assert_int_equal(libconf_parse(&doc, bare.s, bare.len, "c", NULL), 0);
    for (int i = 0; i < conf_count(); i++)
        if (!tree_find(doc.root, conf_key(i)))
            fail_msg("%s is not in clipgrid.conf.example", conf_key(i));
    tree_doc_clear(&doc);
    strbuf_clear(&text);
    strbuf_clear(&bare);
}

static const struct tree *first_of(const struct tree *group, const char *list)
{
    const struct tree *node = tree_find(group, list);
    assert_true(node && node->kind == TREE_LIST && node->first);
    return node->first;
}

static void the_example_session_shows_every_key(void **state)
{
    (void)state;
    struct strbuf text = {0};
    struct err err = {0};
    struct show *show = session_load(CONF_FOLDER "/example.orp", NULL, &err);
    if (!show)
        fail_msg("%s", err.text);
    assert_null(show_head(show)->extra);
    show_free(show);
    assert_int_equal(textfile_read(CONF_FOLDER "/example.orp", "file", 1 << 20, &text, &err), 0);
    struct tree_doc doc;
    assert_int_equal(libconf_parse(&doc, text.s, text.len, "e", &err), 0);
    const struct tree *tab = first_of(doc.root, "tabs");
    const struct tree *scopes[] = {[PROPERTY_SHOW] = doc.root, [PROPERTY_GROUP] = first_of(doc.root, "groups"),
                                   [PROPERTY_TAB] = tab, [PROPERTY_CLIP] = first_of(tab, "clips")};
    for (int i = 0; i < property_count; i++)
        if (!tree_find(scopes[property_table[i].scope], property_table[i].key))
            fail_msg("%s is not in example.orp", property_table[i].key);
    for (size_t scope = 0; scope < 4; scope++)
        for (const struct tree *node = scopes[scope]->first; node; node = node->next)
            if (!property_find((enum property_scope)scope, node->name) && !strstr("format groups tabs clips", node->name))
                fail_msg("%s is in example.orp and no key", node->name);
    tree_doc_clear(&doc);
    strbuf_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_arrive), cmocka_unit_test(mistakes_are_seen), cmocka_unit_test(the_usual_file_may_be_missing),
        cmocka_unit_test(settings_print), cmocka_unit_test(the_example_shows_every_setting),
        cmocka_unit_test(the_example_session_shows_every_key),
    };
    return cmocka_run_group_tests(tests, folder_enter, folder_leave);
}
