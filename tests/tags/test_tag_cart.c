/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cart chunk: its fields, its post timers as markers, and what becomes of it when it is cut. */
#include "config.h"

#include "tag_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

struct cart {
    unsigned char bytes[2048 + 32];
    size_t count;
};

static struct cart make(void)
{
    static const struct {
        size_t at;
        const char *text;
    } texts[] = {
        {0, "0101"}, {4, "Evening jingle"}, {68, "The Band"}, {132, "CUT-0042"}, {196, "ACME"}, {260, "Jingle"}, {324, "News"},
        {388, "...at eight"}, {452, "2026/11/22"}, {462, "18:00:00"}, {470, "2026/12/24"}, {480, "23:59:59"}, {488, "Maker"},
        {552, "1.2"}, {616, "mine"}, {1024, "http://example.org/42"}, {2048, "<TAG>free text</TAG>\r\n"},
    };
    static const struct {
        const char *usage;
        uint32_t value;
    } timers[] = {{"SEC1", 96000}, {"MRK ", 48000}, {"INTs", 0}, {"INTe", 24000},
                  {"\0\0\0", 7}, {"    ", 8}, {"EOD ", 480000}, {"OUT0", 0xffffffff}};
    struct cart cart = {.count = sizeof cart.bytes};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        tag_rig_text(cart.bytes + texts[i].at, texts[i].text);
    tag_rig_le32(cart.bytes + 680, 32768);
    for (size_t i = 0; i < 8; i++)
        tag_rig_le32(tag_rig_put(cart.bytes + 684 + 8 * i, timers[i].usage, 4), timers[i].value);
    return cart;
}

static void every_field_is_read(void **state)
{
    (void)state;
    static const struct {
        enum tag_field field;
        const char *value;
    } expected[] = {
        {TAG_TITLE, "Evening jingle"}, {TAG_ARTIST, "The Band"}, {TAG_CUT_ID, "CUT-0042"}, {TAG_CLIENT_ID, "ACME"},
        {TAG_CATEGORY, "Jingle"},
        {TAG_CLASSIFICATION, "News"}, {TAG_OUT_CUE, "...at eight"}, {TAG_START_DATE, "2026/11/22"}, {TAG_START_TIME, "18:00:00"},
        {TAG_END_DATE, "2026/12/24"}, {TAG_END_TIME, "23:59:59"}, {TAG_PRODUCER_APP, "Maker"}, {TAG_PRODUCER_VERSION, "1.2"},
        {TAG_USER_DEF, "mine"}, {TAG_LEVEL_REFERENCE, "32768"}, {TAG_URL, "http://example.org/42"},
        {TAG_TAG_TEXT, "<TAG>free text</TAG>"},
    };
    struct cart cart = make();
    const struct media_tags *tags = tag_rig_parse(tag_cart_parse, cart.bytes, cart.count);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        tag_rig_expect(tags, expected[i].field, expected[i].value);
}

static void timers_are_markers_in_order(void **state)
{
    (void)state;
    static const struct {
        int64_t frame;
        const char *name;
    } expected[] = {{0, "INTs"}, {24000, "INTe"}, {48000, "MRK"}, {96000, "SEC1"}, {480000, "EOD"}};
    struct cart cart = make();
    const struct media_tags *tags = tag_rig_parse(tag_cart_parse, cart.bytes, cart.count);
    assert_int_equal(tags->markers, 5);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(tags->marker[i].frame, expected[i].frame);
        assert_string_equal(tags->marker[i].name, expected[i].name);
        assert_int_equal(tags->marker[i].source, MARKER_CART);
    }
    tag_rig_put(cart.bytes + 684, "\033[2J", 4);           /* a name that is an escape sequence */
    assert_string_equal(tag_rig_parse(tag_cart_parse, cart.bytes, cart.count)->marker[3].name, "[2J");
}

static void broken_ones_keep_the_laws(void **state)
{
    (void)state;
    struct cart cart = make();
    tag_rig_break(tag_cart_parse, cart.bytes, cart.count);
    const struct media_tags *tags = tag_rig_parse(tag_cart_parse, cart.bytes, 700);     /* timers cut: none is taken */
    tag_rig_expect(tags, TAG_USER_DEF, "mine");
    assert_int_equal(tags->markers, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_is_read), cmocka_unit_test(timers_are_markers_in_order),
        cmocka_unit_test(broken_ones_keep_the_laws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
