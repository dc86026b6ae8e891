/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seek tables keep their bound however much is offered, lead where they were made to, and are refused when a byte of them is
 * not so. */
#include "config.h"

#include "base/xxh64.h"
#include "wire/seek_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

enum { FILE_BYTES = 10000000 };

static struct seek_table made, taken;

/* parts, then points at every 7th unit, 50 bytes apart. */
static void make(int parts, int points)
{
    struct seek_maker maker;
    seek_maker_begin(&maker, &made, SEEK_OGG, FILE_BYTES);
    for (int i = 0; i < parts; i++)
        seek_maker_part(&maker, i, i * 2);
    for (int i = 0; i < points; i++) {
        seek_maker_add(&maker, i * 7, i * 50);
        seek_maker_add(&maker, i * 7, i * 50 + 1);      /* does not ascend */
    }
    seek_maker_end(&maker, points * 7, SEEK_CUT);
}

static bool take(void)
{
    return seek_table_take(&taken, &made, seek_table_bytes(&made), FILE_BYTES);
}

static void what_is_made_is_taken(void **state)
{
    (void)state;
    make(3, 100);
    assert_true(take());
    assert_memory_equal(&taken, &made, seek_table_bytes(&made));
    assert_true(taken.kind == SEEK_OGG && taken.parts == 3 && taken.count == 103 && taken.flags == SEEK_CUT &&
                taken.units == 700);
    for (int unit = 0; unit < 700; unit++)
        assert_int_equal(taken.point[seek_table_find(&taken, unit)].unit, unit / 7 * 7);
    make(0, 0);
    assert_true(take());
    assert_int_equal(seek_table_find(&taken, 5), -1);
}

/* The points that stay are the first and others at equal steps, never fewer than half of the room. */
static void however_many_it_is_bounded(void **state)
{
    (void)state;
    static const int parts[] = {0, 1, 5, SEEK_POINTS_MAX / 2, SEEK_POINTS_MAX};
    for (size_t p = 0; p < sizeof parts / sizeof *parts; p++)
        for (int points = SEEK_POINTS_MAX / 2; points < 30 * SEEK_POINTS_MAX; points += 1237) {
            make(parts[p], points);
            assert_true(take());
            int kept = (int)(taken.count - taken.parts), room = SEEK_POINTS_MAX - (int)taken.parts;
            assert_int_equal(taken.parts, parts[p] > SEEK_POINTS_MAX / 2 ? SEEK_POINTS_MAX / 2 : parts[p]);
            assert_true(kept <= room && kept >= (points < room ? points : room / 2));
            const struct seek_point *point = taken.point + taken.parts;
            for (int i = 0; i < kept; i++)
                assert_int_equal(point[i].unit, i * point[1].unit);
            assert_true(kept * point[1].unit >= points * 7);
        }
}

static void another_byte_is_another_table(void **state)
{
    (void)state;
    make(2, 20);
    for (size_t i = 0; i < seek_table_bytes(&made); i++)
        for (int bit = 0; bit < 8; bit++) {
            ((unsigned char *)&made)[i] ^= (unsigned char)(1 << bit);
            assert_false(seek_table_take(&taken, &made, offsetof(struct seek_table, point) + 22 * sizeof *made.point,
                                         FILE_BYTES));
            ((unsigned char *)&made)[i] ^= (unsigned char)(1 << bit);
        }
    assert_true(take());
    for (size_t count = 0; count < seek_table_bytes(&made); count++)
        assert_false(seek_table_take(&taken, &made, count, FILE_BYTES));
    assert_false(seek_table_take(&taken, &made, seek_table_bytes(&made), FILE_BYTES + 1));
}

static void expect_refused(void)
{
    made.check = xxh64_of(&made.version, seek_table_bytes(&made) - offsetof(struct seek_table, version), 0);
    assert_false(take());
    make(2, 20);
}

/* With a checksum that is right. */
static void numbers_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    make(2, 20);
    made.kind = SEEK_KINDS;
    expect_refused();
    made.parts = 23;
    expect_refused();
    made.units = -1;
    expect_refused();
    made.units = 100;                   /* and points beyond */
    expect_refused();
    made.point[5].at = FILE_BYTES;
    expect_refused();
    made.point[2].unit = -1;
    expect_refused();
    made.point[7].at = made.point[6].at;
    expect_refused();
    made.point[7].unit = made.point[6].unit;
    expect_refused();
    made.point[1].at = 0;
    expect_refused();
    assert_true(take());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_made_is_taken), cmocka_unit_test(however_many_it_is_bounded),
        cmocka_unit_test(another_byte_is_another_table), cmocka_unit_test(numbers_that_make_no_sense_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
