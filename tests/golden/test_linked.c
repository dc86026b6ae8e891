/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Links (SPEC P7), from the session file to the frames. */
#include "config.h"

#include "golden.h"

#include <math.h>

enum { BED = GOLDEN_RATE /* one.wav */, JINGLE = 4800, DELAY = 2400 };

static float one(int64_t frame, unsigned channel)
{
    (void)frame;
    (void)channel;
    return 1;
}

static double way_in(int64_t n)
{
    return fmin(1, fmax(0, (double)n / GOLDEN_PROTECTION));
}

/* A jingle in A; what it does to a bed in B. */
static void make_pair(struct golden *golden, const char *links)
{
    golden_media(golden, "jingle.wav", 2, GOLDEN_RATE, OUTPUT_S16, JINGLE, one);
    golden_clip(golden, "jingle", "jingle.wav", links);
    golden_clip(golden, "bed", "one.wav", "group = \"B\";");
}

static void a_jingle_ducks_the_bed_and_brings_it_back(void **state)
{
    struct golden *golden = *state;
    make_pair(golden, "links = ( { do = \"fade\"; target = \"bed\"; level = -20.0; seconds = 0.01; }, "
                      "{ do = \"fade\"; target = \"bed\"; at = \"end\"; level = 0.0; seconds = 0.02; delay = 0.05; } );");
    golden_at(golden, 0, "press bed");
    golden_at(golden, 10001, "press jingle");
    static const char *const periods[] = {"", "--period 16", "--period 4096"};
    for (int i = 0; i < 3; i++) {
        golden_render(golden, periods[i]);
        for (int64_t n = 0; n < 480; n++)
            golden_hears(golden, 10001 + n, 2, 1 - 0.9 * (double)n / 480, 2e-6);
        golden_hears(golden, 10001 + JINGLE + DELAY, 2, 0.1, 2e-6);
        for (int64_t n = 0; n < 960; n++)
            golden_hears(golden, 10001 + JINGLE + DELAY + n, 2, 0.1 + 0.9 * (double)n / 960, 2e-6);
        golden_hears(golden, 40000, 2, 1, 2e-6);
    }
}

static void starts_and_stops_to_the_frame(void **state)
{
    struct golden *golden = *state;
    make_pair(golden, "links = ( { do = \"start\"; target = \"bed\"; delay = 0.05; }, "
                      "{ do = \"stop\"; target = \"group:B\"; at = \"end\"; } );");
    golden_at(golden, 777, "press jingle");
    golden_render(golden, "");
    golden_silent(golden, 0, 777 + DELAY + 1, 2);
    for (int64_t n = 0; n < JINGLE - DELAY; n++)
        golden_hears(golden, 777 + DELAY + n, 2, way_in(n), 2e-6);
    for (int64_t n = 0; n < GOLDEN_PROTECTION; n++)
        golden_hears(golden, 777 + JINGLE + n, 2, 1 - way_in(n), 2e-6);
    golden_silent(golden, 777 + JINGLE + GOLDEN_PROTECTION, -1, 2);
}

/* Links go with a copy, are undone with their edit, and what has vanished is left out. */
static void links_are_edited_like_anything(void **state)
{
    struct golden *golden = *state;
    make_pair(golden, "");
    golden_at(golden, 0, "set jingle links \"{ do = start; target = bed; }\"");
    golden_at(golden, 0, "copy jingle 1/2/1");
    golden_at(golden, 0, "press 1/2/1");
    golden_at(golden, 60000, "clear bed");
    golden_at(golden, 60000, "press jingle");
    golden_at(golden, 80000, "undo");
    golden_at(golden, 80000, "press jingle");
    golden_at(golden, 150000, "set jingle links default");
    golden_at(golden, 150000, "press jingle");
    golden_render(golden, "");
    assert_int_equal(golden_refusals(golden), 0);
    golden_hears(golden, 1000, 2, 1, 1e-6);
    golden_silent(golden, 60000, 80001, 2);
    golden_hears(golden, 81000, 2, 1, 1e-6);
    golden_silent(golden, 150000, -1, 2);
}

static void clips_that_start_each_other_end_unless_it_takes_time(void **state)
{
    struct golden *golden = *state;
    make_pair(golden, "links = ( { do = \"start\"; target = \"bed\"; } );");
    golden_at(golden, 0, "set bed links \"{ do = start; target = jingle; }\"");
    golden_at(golden, 0, "press bed");
    golden_render(golden, "");
    for (int64_t n = 0; n < JINGLE - GOLDEN_PROTECTION; n++)
        golden_hears(golden, n, 0, way_in(n), 5e-5);       /* the jingle has 16 bits */
    golden_at(golden, 100, "set bed links \"{ do = start; target = jingle; at = end; }\"");
    golden_render_refused(golden, "");
}

/* A copy of its own would make it longer. */
static void a_clip_never_starts_itself(void **state)
{
    struct golden *golden = *state;
    make_pair(golden, "links = ( { do = \"start\"; target = \"jingle\"; delay = 0.01; }, "
                      "{ do = \"start\"; target = \"jingle\"; at = \"end\"; } );");
    golden_at(golden, 0, "press jingle");
    golden_render(golden, "");
    golden_silent(golden, JINGLE, -1, 0);
}

static float rising(int64_t frame, unsigned channel)
{
    (void)channel;
    return (float)frame / BED;
}

/* As `play` starts it, and when it does: until then the bed goes on. */
static void a_later_start_restarts_at_its_time(void **state)
{
    struct golden *golden = *state;
    enum { AT = 1000 + DELAY, CROSS = 240 };
    make_pair(golden, "links = ( { do = \"start\"; target = \"rising\"; delay = 0.05; } );");
    golden_media(golden, "rising.wav", 2, GOLDEN_RATE, OUTPUT_F32, BED, rising);
    golden_clip(golden, "rising", "rising.wav", "group = \"B\";");
    golden_at(golden, 0, "press rising");
    golden_at(golden, 1000, "press jingle");
    golden_render(golden, "--seconds 0.5");
    for (int64_t n = GOLDEN_PROTECTION; n < AT; n++)
        golden_hears(golden, n, 2, (double)n / BED, 1e-6);
    for (int64_t n = 0; n < 4000; n++) {
        double coming = fmin(1, (double)n / CROSS);
        golden_hears(golden, AT + n, 2, coming * (double)n / BED + (1 - coming) * (double)(AT + n) / BED, 1e-6);
    }
}

/* A stop that falls into an emergency is done when that is over, on the very frame; nothing is started meanwhile. */
static void links_wait_for_the_end_of_an_emergency(void **state)
{
    struct golden *golden = *state;
    enum { LIFTED = 10007 };
    static const char *const periods[] = {"", "--period 37", "--period 4096"};
    make_pair(golden, "links = ( { do = \"stop\"; target = \"bed\"; delay = 0.05; }, "
                      "{ do = \"start\"; target = \"other\"; at = \"end\"; } );");
    golden_clip(golden, "other", "one.wav", "group = \"C\";");
    golden_at(golden, 0, "press bed");
    golden_at(golden, 0, "press jingle");
    golden_at(golden, 1000, "emergency");
    golden_at(golden, LIFTED, "emergency");
    golden_at(golden, 19000, "stop all");
    golden_at(golden, 20000, "play jingle at 0.09975");     /* 12 frames before its end */
    golden_at(golden, 20001, "emergency");
    golden_at(golden, 30000, "emergency");
    for (int i = 0; i < 3; i++) {
        golden_render(golden, periods[i]);
        golden_silent(golden, 1000 + GOLDEN_PROTECTION, LIFTED, 2);
        for (int64_t n = 0; n < GOLDEN_PROTECTION; n++)
            golden_hears(golden, LIFTED + n, 2, (double)n / 240 * (1 - way_in(n)), 1e-6);
        golden_silent(golden, LIFTED + GOLDEN_PROTECTION, -1, 2);
        golden_silent(golden, 20000, 30000, 4);
        golden_hears(golden, 31000, 4, 1, 1e-6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GOLDEN_LAW("P7 F3", a_jingle_ducks_the_bed_and_brings_it_back), GOLDEN_TEST(starts_and_stops_to_the_frame),
        GOLDEN_LAW("P7", links_are_edited_like_anything), GOLDEN_TEST(clips_that_start_each_other_end_unless_it_takes_time),
        GOLDEN_LAW("P7", a_clip_never_starts_itself), GOLDEN_LAW("P4 P7", a_later_start_restarts_at_its_time),
        GOLDEN_LAW("P7 S3 E2", links_wait_for_the_end_of_an_emergency),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
