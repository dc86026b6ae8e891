/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What yields to load (SPEC S4): the thresholds to the last millionth, the hysteresis, and the order. */
#include "config.h"

#include "process/yielding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

struct scene {
    struct yielding yielding;
    uint64_t now_ns;
    uint32_t harms;
    bool weak;
};

static struct scene begin(unsigned ceiling)
{
    struct scene scene = {.now_ns = 5000000000};
    yielding_init(&scene.yielding, ceiling);
    return scene;
}

/* One look, a step's time after the last. */
static bool look(struct scene *scene, uint32_t sound_ppm, uint32_t system_ppm)
{
    struct yielding_look now = {.sound_ppm = sound_ppm, .system_ppm = system_ppm, .harms = scene->harms,
                                 .weak = scene->weak};
    scene->now_ns += YIELDING_STEP_NS;
    return yielding_take(&scene->yielding, &now, scene->now_ns);
}

static void look_often(struct scene *scene, unsigned times, uint32_t sound_ppm, uint32_t system_ppm)
{
    while (times--)
        look(scene, sound_ppm, system_ppm);
}

static void warning_is_at_72_percent_of_the_system_and_critical_at_81(void **state)
{
    (void)state;
    struct scene scene = begin(90);
    assert_false(look(&scene, 719999, 0));
    assert_int_equal(scene.yielding.level, STATE_LOAD_NORMAL);
    assert_true(look(&scene, 720000, 0));
    assert_int_equal(scene.yielding.level, STATE_LOAD_WARN);
    look(&scene, 809999, 0);
    assert_int_equal(scene.yielding.level, STATE_LOAD_WARN);
    look(&scene, 810000, 0);
    assert_int_equal(scene.yielding.level, STATE_LOAD_CRITICAL);
}

static void a_weak_machine_counts_for_one_level_more(void **state)
{
    (void)state;
    static const struct { uint32_t system_ppm; enum state_load level; } looks[] = {
        {0, STATE_LOAD_WARN}, {719999, STATE_LOAD_WARN}, {720000, STATE_LOAD_CRITICAL}, {810000, STATE_LOAD_CRITICAL},
    };
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
        struct scene scene = begin(90);
        scene.weak = true;
        look_often(&scene, 10, 0, looks[i].system_ppm);
        assert_int_equal(scene.yielding.level, looks[i].level);
        assert_int_equal(scene.yielding.yields, looks[i].level == STATE_LOAD_WARN ? STATE_YIELD_PREDICTION + 1
                                                                                  : STATE_YIELD_SCREENS + 1);
        scene.weak = false;
        look_often(&scene, 10, 0, 629999);
        assert_int_equal(scene.yielding.level, STATE_LOAD_NORMAL);
        assert_int_equal(scene.yielding.yields, 0);
    }
}

static void it_has_recovered_only_under_63_percent(void **state)
{
    (void)state;
    for (uint32_t high = 720000; high <= 810000; high += 90000) {
        struct scene scene = begin(90);
        look(&scene, 0, high);
        enum state_load level = scene.yielding.level;
        assert_int_equal(level, high == 810000 ? STATE_LOAD_CRITICAL : STATE_LOAD_WARN);
        look_often(&scene, 5, 0, 630000);
        assert_int_equal(scene.yielding.level, level);
        look(&scene, 0, 629999);
        assert_int_equal(scene.yielding.level, STATE_LOAD_NORMAL);
        look(&scene, 0, 719999);
        assert_int_equal(scene.yielding.level, STATE_LOAD_NORMAL);
    }
}

static void the_thresholds_go_with_the_ceiling(void **state)
{
    (void)state;
    struct scene scene = begin(50);
    look(&scene, 0, 399999);
    assert_int_equal(scene.yielding.level, STATE_LOAD_NORMAL);
    look(&scene, 0, 400000);
    assert_int_equal(scene.yielding.level, STATE_LOAD_WARN);
    look(&scene, 0, 450000);
    assert_int_equal(scene.yielding.level, STATE_LOAD_CRITICAL);
    look(&scene, 0, 349999);
    assert_int_equal(scene.yielding.level, STATE_LOAD_NORMAL);
}

static void without_a_ceiling_nothing_yields(void **state)
{
    (void)state;
    struct scene scene = begin(0);
    for (int i = 0; i < 10; i++)
        assert_false(look(&scene, 2000000, 1000000));
    assert_int_equal(scene.yielding.level, STATE_LOAD_NORMAL);
    assert_int_equal(scene.yielding.yields, 0);
}

static void a_warning_makes_loading_ahead_yield(void **state)
{
    (void)state;
    struct scene scene = begin(90);
    look_often(&scene, 20, 0, 800000);
    assert_int_equal(scene.yielding.yields, STATE_YIELD_PREDICTION + 1);
}

static void a_busy_machine_alone_refuses_nothing(void **state)
{
    (void)state;
    struct scene scene = begin(90);
    look_often(&scene, 100, 30000, 1000000);
    assert_int_equal(scene.yielding.level, STATE_LOAD_CRITICAL);
    assert_int_equal(scene.yielding.yields, STATE_YIELD_SCREENS + 1);
}

static void an_overloaded_sound_makes_all_yield_one_after_the_other(void **state)
{
    (void)state;
    struct scene scene = begin(90);
    for (unsigned i = 1; i <= STATE_YIELDS; i++) {
        look(&scene, 900000, 100000);
        assert_int_equal(scene.yielding.yields, i);
    }
    assert_false(look(&scene, 900000, 100000));
    for (unsigned i = STATE_YIELDS; i-- > 0;) {
        look(&scene, 100000, 100000);
        assert_int_equal(scene.yielding.yields, i);
    }
    assert_false(look(&scene, 100000, 100000));
}

static void a_sound_that_is_a_little_less_overloaded_has_not_recovered(void **state)
{
    (void)state;
    struct scene scene = begin(90);
    look_often(&scene, 5, 900000, 0);
    look_often(&scene, 5, 640000, 0);
    assert_int_equal(scene.yielding.yields, STATE_YIELDS);
    look_often(&scene, 5, 620000, 900000);              /* but the system is: what the sound took goes back */
    assert_int_equal(scene.yielding.yields, STATE_YIELD_SCREENS + 1);
}

static void what_was_not_heard_on_a_busy_machine_makes_all_yield_for_ten_seconds(void **state)
{
    (void)state;
    struct scene scene = begin(90);
    scene.harms = 7;                                    /* from before: nothing new */
    look_often(&scene, 5, 0, 950000);
    assert_int_equal(scene.yielding.yields, STATE_YIELD_SCREENS + 1);
    scene.harms++;
    look_often(&scene, 19, 0, 950000);
    assert_int_equal(scene.yielding.yields, STATE_YIELDS);
    look_often(&scene, 5, 0, 950000);
    assert_int_equal(scene.yielding.yields, STATE_YIELD_SCREENS + 1);
}

static void what_was_not_heard_on_an_idle_machine_has_other_reasons(void **state)
{
    (void)state;
    struct scene scene = begin(90);
    look(&scene, 0, 100000);
    scene.harms++;
    assert_false(look(&scene, 0, 100000));
    assert_int_equal(scene.yielding.yields, 0);
}

static void steps_are_half_a_second_apart(void **state)
{
    (void)state;
    struct scene scene = begin(90);
    struct yielding_look now = {.sound_ppm = 1000000};
    assert_true(yielding_take(&scene.yielding, &now, 1));
    assert_false(yielding_take(&scene.yielding, &now, YIELDING_STEP_NS));
    assert_int_equal(scene.yielding.yields, 1);
    assert_true(yielding_take(&scene.yielding, &now, YIELDING_STEP_NS + 1));
    assert_int_equal(scene.yielding.yields, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(warning_is_at_72_percent_of_the_system_and_critical_at_81),
        cmocka_unit_test(a_weak_machine_counts_for_one_level_more),
        cmocka_unit_test(it_has_recovered_only_under_63_percent),
        cmocka_unit_test(the_thresholds_go_with_the_ceiling),
        cmocka_unit_test(without_a_ceiling_nothing_yields),
        cmocka_unit_test(a_warning_makes_loading_ahead_yield),
        cmocka_unit_test(a_busy_machine_alone_refuses_nothing),
        cmocka_unit_test(an_overloaded_sound_makes_all_yield_one_after_the_other),
        cmocka_unit_test(a_sound_that_is_a_little_less_overloaded_has_not_recovered),
        cmocka_unit_test(what_was_not_heard_on_a_busy_machine_makes_all_yield_for_ten_seconds),
        cmocka_unit_test(what_was_not_heard_on_an_idle_machine_has_other_reasons),
        cmocka_unit_test(steps_are_half_a_second_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
