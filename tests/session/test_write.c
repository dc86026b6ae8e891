/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A document to text and back: random ones, full ones, and what the text looks like. */
#include "config.h"

#include "base/strbuf.h"
#include "base/text.h"
#include "session/session.h"
#include "show/property.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* --- random documents, made by the property table --- */
static uint32_t seed;

static unsigned below(unsigned n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

static void random_text(struct strbuf *out, bool lines)
{
    static const char *const pieces[] = {"a", "Z", "7", " ", "\"", "\\", "'", "//", "#", "/*", "{", "\xc3\xbc",
                                         "\xf0\x9f\x94\x8a", "\\n", "default", "%s"};
    for (unsigned i = 1 + below(12); i; i--)
        strbuf_adds(out, pieces[below(sizeof pieces / sizeof *pieces)]);
    if (lines)
        strbuf_adds(out, "\n\ttwo");
}

static void random_number(struct strbuf *out, double least, double most)
{
    if (most > 1e12)
        most = 1e12;
    double value = least + (most - least) * below(1u << 20) / (1 << 20);
    text_fmt_double(out, below(3) ? value : (double)(int64_t)value);
}

static void random_text_property(const struct property *property, struct strbuf *out)
{
    static const char *const follows[] = {"next", "stop", "none", "c7"};
    if (!strcmp(property->key, "follow"))
        strbuf_adds(out, follows[below(4)]);
    else
        random_text(out, !strcmp(property->key, "notes"));
}

static void random_markers(struct strbuf *out)
{
    strbuf_adds(out, "(");
    for (unsigned i = 0, n = below(5); i < n; i++)
        strbuf_addf(out, "%s{ name = \"m \\\"%u\\\" \\\\\"; at = %u000; %s}", i ? ", " : "", i, below(4000000),
                    below(2) ? "extra = \"x = 1L; y = \\\"\\\\\\\\\\\";\"; " : "");
    strbuf_adds(out, ")");
}

/* One after the other. */
static void random_fades(struct strbuf *out)
{
    static const char *const curves[] = {"linear", "log", "\"s-curve\"", "equal-power"};
    long long at = below(1u << 20) * (below(2) ? 1LL : 100000LL);
    for (unsigned i = 1 + below(SHOW_FADE_MARKERS); i; i--) {
        strbuf_addf(out, "(%lld, %lld, ", at, at + 1 + below(99));
        if (below(3))
            random_number(out, -60, 12);
        else
            strbuf_adds(out, below(2) ? "-inf" : "\"-inf\"");
        strbuf_addf(out, ", %s) ", curves[below(4)]);
        at += 100 + below(2) * 1000;
    }
}

static void random_links(struct strbuf *out)
{
    static const char *const does[] = {"start", "stop", "fade"}, *const at[] = {"start", "end"};
    for (unsigned i = 0, n = 1 + below(8); i < n; i++) {
        strbuf_addf(out, "{ do = %s; target = \"c%u\"; at = %s; level = -%u; delay = ", does[below(3)], below(9),
                    at[below(2)], below(60));
        random_number(out, 0, below(2) ? 3600 : 0.001);
        strbuf_adds(out, "; }");
    }
}

static void random_value(const struct property *property, struct strbuf *out)
{
    int words = 0;
    switch (property->kind) {
    case PROPERTY_BOOL: strbuf_adds(out, below(2) ? "true" : "false"); break;
    case PROPERTY_INT:
    case PROPERTY_PLACE:
        strbuf_addf(out, "%d", (int)property->least + (int)below((unsigned)(property->most - property->least) + 1));
        break;
    case PROPERTY_INT64: strbuf_addf(out, "%lld", (long long)below(1 << 22) * (below(2) ? 1 : 1023)); break;
    case PROPERTY_FLOAT:
        if (property->minus_inf && !below(4))
            strbuf_adds(out, "-inf");
        else
            random_number(out, property->least, property->most);
        break;
    case PROPERTY_TEXT: random_text_property(property, out); break;
    case PROPERTY_CHOICE:
    case PROPERTY_SWITCH:
        while (property->choices[words])
            words++;
        strbuf_adds(out, property->choices[below((unsigned)words)]);
        break;
    case PROPERTY_PAIR: strbuf_addf(out, "[%u, %u]", 1 + below(2), 1 + below(2)); break;
    case PROPERTY_MARKERS: random_markers(out); break;
    case PROPERTY_SET: strbuf_addf(out, "[%u, %u]", 1 + below(32), 1 + below(32)); break;
    case PROPERTY_ORDER:
        for (unsigned i = 1 + below(SHOW_PARTS); i; i--)
            strbuf_addf(out, "%u, ", 1 + below(SHOW_MARKERS));
        break;
    case PROPERTY_SENDS:
        for (unsigned i = below(SHOW_SENDS) + 1; i; i--) {
            strbuf_addf(out, "(%u, %u, ", below(128), 1 + below(128));
            random_number(out, -60, 12);
            strbuf_adds(out, ") ");
        }
        break;
    case PROPERTY_FADES: random_fades(out); break;
    case PROPERTY_LINKS: random_links(out); break;
    case PROPERTY_FILES:
        for (unsigned i = 1 + below(32); i; i--)
            strbuf_addf(out, "\"f \\\"%u.wav\", ", below(99));
        break;
    }
}

static char *random_extra(void)
{
    static const char *const extras[] = {NULL, "odd = true;\n", "a = 1;\nb = 2L;\nc = 2.0;\nd = \"q\\\"\\\\\\n\";\n",
                                         "e = { f = ( 1, [ 2, 3 ], { g = 0xFF; } ); };\n"};
    const char *extra = extras[below(4)];
    return extra ? strdup(extra) : NULL;
}

static void fill_object(enum property_scope scope, void *object)
{
    struct strbuf text = {0};
    for (int i = 0; i < property_count; i++) {
        const struct property *property = &property_table[i];
        bool fixed = property->kind == PROPERTY_PLACE || !strcmp(property->key, "id") || !strcmp(property->key, "out") ||
                     !strcmp(property->key, "file") || !strcmp(property->key, "rows") || !strcmp(property->key, "columns") ||
                     !strcmp(property->key, "voices");
        if (property->scope != scope || fixed || below(3) == 0)
            continue;
        struct err err = {0};
        strbuf_reset(&text);
        random_value(property, &text);
        if (property_parse_value(property, object, text.s, &err) < 0)
            fail_msg("%s", err.text);
    }
    strbuf_clear(&text);
}

static void add_clips(struct show *show, int tab)
{
    const struct show_tab *grid = show_tab(show, tab);
    for (unsigned i = below(20); i; i--) {
        struct show_clip clip;
        show_clip_init(&clip);
        fill_object(PROPERTY_CLIP, &clip);
        clip.tab = tab;
        clip.row = (int)below((unsigned)grid->rows);
        clip.column = (int)below((unsigned)grid->columns);
        clip.out = below(2) ? clip.in + 1 + below(1000) : -1;
        if (clip.in < 0 && clip.out < 1)
            clip.out = -1;
        struct strbuf file = {0};
        random_text(&file, false);
        clip.file = strdup(file.s[0] == '/' ? "slash.wav" : file.s);
        strbuf_clear(&file);
        clip.extra = random_extra();
        show_put_clip(show, -1, &clip, NULL);       /* some find their place taken */
        show_clip_clear(&clip);
    }
}

static struct show *random_show(void)
{
    struct show *show = show_new();
    show_edit_begin(show, "make");
    struct show_head head;
    show_head_init(&head);
    fill_object(PROPERTY_SHOW, &head);
    head.extra = random_extra();
    show_put_head(show, &head);
    show_head_clear(&head);
    for (int i = 0; i < SHOW_GROUPS; i++) {
        struct show_group group;
        show_group_init(&group);
        if (below(2))
            fill_object(PROPERTY_GROUP, &group);
        group.voices = below(2) ? 1 + (int)below(4) : SHOW_INHERIT;
        group.extra = random_extra();
        show_put_group(show, i, &group);
        show_group_clear(&group);
    }
    for (int i = 0, tabs = 1 + (int)below(8); i < tabs; i++) {
        struct show_tab tab;
        show_tab_init(&tab);
        fill_object(PROPERTY_TAB, &tab);
        tab.rows = 1 + (int)below(SHOW_ROWS);
        tab.columns = 1 + (int)below(SHOW_COLUMNS);
        tab.extra = random_extra();
        assert_int_equal(show_put_tab(show, i, &tab, NULL), 0);
        show_tab_clear(&tab);
        add_clips(show, i);
    }
    show_edit_end(show);
    return show;
}

/* --- equality, by the property table --- */
static void same_object(enum property_scope scope, const void *a, const void *b, const char *extra_a, const char *extra_b)
{
    struct strbuf one = {0}, two = {0};
    for (int i = 0; i < property_count; i++) {
        if (property_table[i].scope != scope)
            continue;
        property_fmt(&property_table[i], a, &one);
        property_fmt(&property_table[i], b, &two);
        strbuf_addc(&one, '\n');
        strbuf_addc(&two, '\n');
    }
    assert_string_equal(one.s, two.s);
    assert_string_equal(extra_a ? extra_a : "", extra_b ? extra_b : "");
    strbuf_clear(&one);
    strbuf_clear(&two);
}

static void same_show(const struct show *a, const struct show *b)
{
    same_object(PROPERTY_SHOW, show_head(a), show_head(b), show_head(a)->extra, show_head(b)->extra);
    for (int i = 0; i < SHOW_GROUPS; i++)
        same_object(PROPERTY_GROUP, show_group(a, i), show_group(b, i), show_group(a, i)->extra, show_group(b, i)->extra);
    assert_int_equal(show_tabs(a), show_tabs(b));
    for (int i = 0; i < show_tabs(a); i++)
        same_object(PROPERTY_TAB, show_tab(a, i), show_tab(b, i), show_tab(a, i)->extra, show_tab(b, i)->extra);
    assert_int_equal(show_clips(a), show_clips(b));
    for (int i = 0; i < show_slots(a); i++) {
        const struct show_clip *one = show_clip(a, i);
        const struct show_clip *two = one ? show_clip(b, show_slot_by_id(b, one->id)) : NULL;
        if (!one)
            continue;
        assert_non_null(two);
        assert_int_equal(one->tab, two->tab);
        same_object(PROPERTY_CLIP, one, two, one->extra, two->extra);
    }
}

static struct show *read_back(const struct strbuf *text)
{
    struct err err = {0};
    struct session_info info;
    struct show *show = session_parse(text->s, text->len, "f", &info, &err);
    if (!show)
        fail_msg("%s\n%s", err.text, text->s);
    assert_false(info.commented);
    return show;
}

static void a_random_show_reads_back_equal(void **state)
{
    (void)state;
    for (seed = 1; seed < 1u << 31; seed += 40000003u) {        /* 54 shows */
        uint32_t was = seed;
        struct show *show = random_show();
        struct strbuf text = {0}, again = {0};
        session_write(show, &text);
        struct show *second = read_back(&text);
        same_show(show, second);
        session_write(second, &again);
        assert_string_equal(text.s, again.s);
        strbuf_clear(&text);
        strbuf_clear(&again);
        show_free(show);
        show_free(second);
        seed = was;
    }
}

static void the_text_is_plain(void **state)
{
    (void)state;
    static const char text[] =
        "format = \"ORP2026A\";\n"
        "name = \"A \\\"show\\\"\";\n"
        "fade_out = 2.0;\n"
        "later = { a = 1L; };\n"
        "groups = (\n    {\n    },\n    {\n        mode = \"choke\";\n        gain = \"-inf\";\n        output = [3, 4];\n    }\n);\n"
        "tabs = (\n    {\n        name = \"One\";\n        clips = (\n"
        "            {\n                row = 1;\n                column = 2;\n                id = \"c1\";\n                file = \"a.wav\";\n"
        "                pan = -0.5;\n                in = 5;\n                out = 3000000000L;\n"
        "                markers = ( { name = \"m\"; at = 4; }, { name = \"\"; at = 3000000000L; z = 1; } );\n"
        "                notes = \"one\\ntwo\\x09\";\n            },\n"
        "            {\n                row = 2;\n                column = 1;\n                id = \"x\";\n                file = \"b.wav\";\n"
        "            }\n        );\n    },\n    {\n    }\n);\n";
    struct strbuf in = {0}, out = {0};
    strbuf_adds(&in, text);
    struct show *show = read_back(&in);
    session_write(show, &out);
    assert_string_equal(out.s, text);
    strbuf_clear(&in);
    strbuf_clear(&out);
    show_free(show);
}

static void a_new_show_is_a_few_lines(void **state)
{
    (void)state;
    struct show *show = show_new();
    struct strbuf out = {0};
    session_write(show, &out);
    assert_string_equal(out.s, "format = \"ORP2026A\";\ntabs = (\n    {\n    }\n);\n");
    show_free(read_back(&out));
    strbuf_clear(&out);
    show_free(show);
}

/* SPEC G8. Slots are given from last to first: what is written does not depend on them. */
static void ten_thousand_clips_read_back(void **state)
{
    (void)state;
    struct show *show = show_new();
    struct show_tab tab;
    show_tab_init(&tab);
    tab.rows = SHOW_ROWS;
    tab.columns = SHOW_COLUMNS;
    show_edit_begin(show, "make");
    for (int i = 0; i < SHOW_TABS; i++)
        assert_int_equal(show_put_tab(show, i, &tab, NULL), 0);
    for (int i = SHOW_CLIPS - 1; i >= 0; i--) {
        struct show_clip clip;
        show_clip_init(&clip);
        clip.tab = i / (SHOW_ROWS * SHOW_COLUMNS);
        clip.row = i / SHOW_COLUMNS % SHOW_ROWS;
        clip.column = i % SHOW_COLUMNS;
        clip.file = strdup("folder/file.wav");
        clip.gain = 12 - 0.1 * (i % 500);
        clip.in = i;
        clip.fade_out = 0.25 * (i % 16);
        assert_true(show_put_clip(show, -1, &clip, NULL) >= 0);
        show_clip_clear(&clip);
    }
    show_edit_end(show);
    struct strbuf text = {0};
    session_write(show, &text);
    struct show *second = read_back(&text);
    same_show(show, second);
    strbuf_clear(&text);
    show_free(show);
    show_free(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_random_show_reads_back_equal), cmocka_unit_test(the_text_is_plain),
        cmocka_unit_test(a_new_show_is_a_few_lines), cmocka_unit_test(ten_thousand_clips_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
