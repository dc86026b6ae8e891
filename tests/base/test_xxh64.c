/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XXH64 against the published digests, and in pieces against the whole. */
#include "config.h"

#include "base/xxh64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

/* The buffer of the reference implementation's own test: bytes of a multiplicative generator. */
static void fill(unsigned char *bytes, size_t count)
{
    uint64_t generator = 2654435761u;
    for (size_t i = 0; i < count; i++) {
        bytes[i] = (unsigned char)(generator >> 56);
        generator *= UINT64_C(11400714785074694797);
    }
}

static void digests_are_those_published(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t digest;
    } texts[] = {
        {"", UINT64_C(0xEF46DB3751D8E999)}, {"a", UINT64_C(0xD24EC4F1A98C6E5B)}, {"abc", UINT64_C(0x44BC2CF5AD770999)},
        {"The quick brown fox jumps over the lazy dog", UINT64_C(0x0B242D361FDA71BC)},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_true(xxh64_of(texts[i].text, strlen(texts[i].text), 0) == texts[i].digest);
    const uint64_t seed = 2654435761u;
    unsigned char bytes[222];
    fill(bytes, sizeof bytes);
    assert_true(xxh64_of(bytes, 0, seed) == UINT64_C(0xAC75FDA2929B17EF));
    assert_true(xxh64_of(bytes, 1, 0) == UINT64_C(0xE934A84ADB052768));
    assert_true(xxh64_of(bytes, 1, seed) == UINT64_C(0x5014607643A9B4C3));
    assert_true(xxh64_of(bytes, 4, 0) == UINT64_C(0x9136A0DCA57457EE));
    assert_true(xxh64_of(bytes, 14, 0) == UINT64_C(0x8282DCC4994E35C8));
    assert_true(xxh64_of(bytes, 14, seed) == UINT64_C(0xC3BD6BF63DEB6DF0));
    assert_true(xxh64_of(bytes, 222, 0) == UINT64_C(0xB641AE8CB691C174));
    assert_true(xxh64_of(bytes, 222, seed) == UINT64_C(0x20CB8AB7AE10C14A));
}

static void pieces_make_the_whole(void **state)
{
    (void)state;
    unsigned char bytes[200];
    fill(bytes, sizeof bytes);
    for (size_t count = 0; count <= sizeof bytes; count++) {
        uint64_t whole = xxh64_of(bytes, count, 7);
        for (size_t step = 1; step <= 70; step++) {
            struct xxh64 hash;
            xxh64_init(&hash, 7);
            for (size_t at = 0; at < count; at += step)
                xxh64_add(&hash, bytes + at, count - at < step ? count - at : step);
            assert_true(xxh64_digest(&hash) == whole);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests_are_those_published),
        cmocka_unit_test(pieces_make_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
