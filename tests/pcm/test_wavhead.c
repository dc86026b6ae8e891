/* SPDX-License-Identifier: GPL-3.0-or-later */
/* WAV heads, byte by byte as a reader walks them, also where a size passes 4 GB. */
#include "config.h"

#include "pcm/wavhead.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static uint64_t get_le(const unsigned char *at, unsigned bytes)
{
    uint64_t value = 0;
    while (bytes-- > 0)
        value = value << 8 | at[bytes];
    return value;
}

/* Where a chunk's body stands in the head, found as a reader would. */
static const unsigned char *find_chunk(const unsigned char *head, uint32_t head_bytes, const char *id, uint64_t *bytes)
{
    for (uint32_t at = 12; at + 8 <= head_bytes; at += 8 + (uint32_t)get_le(head + at + 4, 4)) {
        *bytes = get_le(head + at + 4, 4);
        if (memcmp(head + at, id, 4) == 0)
            return head + at + 8;
    }
    return NULL;
}

static void sizes_add_up(void **state)
{
    (void)state;
    const struct wavhead head = { .format = OUTPUT_S24_3, .channels = 1, .rate = 48000 };
    unsigned char out[WAVHEAD_BYTES];
    uint64_t bytes;
    uint32_t length = wavhead_fmt(out, &head, 9);
    assert_int_equal(length, WAVHEAD_BYTES);
    assert_memory_equal(out, "RIFF", 4);
    assert_int_equal(get_le(out + 4, 4), length - 8 + 10);      /* nine and the one that makes it even */
    assert_ptr_equal(find_chunk(out, length, "data", &bytes), out + length);
    assert_int_equal(bytes, 9);
    const unsigned char *fact = find_chunk(out, length, "fact", &bytes);
    assert_int_equal(get_le(fact, 4), 3);
}

static void format_says_what_is_kept(void **state)
{
    (void)state;
    static const struct { enum output_format format; unsigned channels, tag, fmt_bytes, bits; } rows[] = {
        { OUTPUT_S16, 1, 1, 16, 16 }, { OUTPUT_S24_3, 2, 1, 16, 24 }, { OUTPUT_F32, 2, 3, 18, 32 },
        { OUTPUT_S16, 10, 1, 16, 16 }, { OUTPUT_F32, 10, 3, 18, 32 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct wavhead head = { .format = rows[i].format, .channels = rows[i].channels, .rate = 44100 };
        unsigned char out[WAVHEAD_BYTES];
        uint64_t bytes;
        const unsigned char *fmt = find_chunk(out, wavhead_fmt(out, &head, 0), "fmt ", &bytes);
        assert_int_equal(bytes, rows[i].fmt_bytes);
        assert_int_equal(get_le(fmt, 2), rows[i].tag);
        assert_int_equal(get_le(fmt + 2, 2), rows[i].channels);
        assert_int_equal(get_le(fmt + 4, 4), 44100);
        assert_int_equal(get_le(fmt + 8, 4), 44100 * rows[i].channels * rows[i].bits / 8);
        assert_int_equal(get_le(fmt + 12, 2), rows[i].channels * rows[i].bits / 8);
        assert_int_equal(get_le(fmt + 14, 2), rows[i].bits);
    }
}

static void past_4_gb_it_is_rf64(void **state)
{
    (void)state;
    const struct wavhead head = { .format = OUTPUT_F32, .channels = 10, .rate = 48000 };
    const uint64_t data_bytes = UINT64_C(40) * 200000000;
    unsigned char small[WAVHEAD_BYTES], big[WAVHEAD_BYTES];
    uint64_t bytes;
    uint32_t length = wavhead_fmt(small, &head, 40);
    assert_int_equal(wavhead_fmt(big, &head, data_bytes), length);
    assert_memory_equal(big, "RF64\xff\xff\xff\xffWAVEds64", 16);
    const unsigned char *ds64 = find_chunk(big, length, "ds64", &bytes);
    assert_int_equal(get_le(ds64, 8), length - 8 + data_bytes);
    assert_int_equal(get_le(ds64 + 8, 8), data_bytes);
    assert_int_equal(get_le(ds64 + 16, 8), 200000000);
    find_chunk(big, length, "data", &bytes);
    assert_int_equal(bytes, UINT32_MAX);
}

/* The last size that fits, and the first that does not. */
static void rf64_begins_where_32_bits_end(void **state)
{
    (void)state;
    const struct wavhead head = { .format = OUTPUT_S16, .channels = 1, .rate = 48000 };
    unsigned char out[WAVHEAD_BYTES];
    uint32_t length = wavhead_fmt(out, &head, 0);
    wavhead_fmt(out, &head, UINT64_C(0xfffffffe) - (length - 8));
    assert_memory_equal(out, "RIFF\xfe\xff\xff\xffWAVEJUNK", 16);
    wavhead_fmt(out, &head, UINT64_C(0x100000000) - (length - 8));
    assert_memory_equal(out, "RF64", 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_add_up),
        cmocka_unit_test(format_says_what_is_kept),
        cmocka_unit_test(past_4_gb_it_is_rf64),
        cmocka_unit_test(rf64_begins_where_32_bits_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
