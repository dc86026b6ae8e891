/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the screen knows of the state: copies by revision, which voice tells of a clip, notices, the playing list, replies. */
#include "config.h"

#include "fake_show.h"
#include "screen/cell.h"
#include "screen/glyphs.h"
#include "screen/notices.h"
#include "screen/playing.h"
#include "screen/talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

static struct fake_show fake;
static struct snapshot snapshot;

static int start(void **state)
{
    (void)state;
    fake_show_open(&fake, 60);
    memset(&snapshot, 0, sizeof snapshot);
    snapshot_open(&snapshot, fake.segment);
    return 0;
}

static int end(void **state)
{
    (void)state;
    snapshot_close(&snapshot);
    close(fake.state_fd);
    return 0;
}

static void changes_are_taken_once(void **state)
{
    (void)state;
    assert_int_equal(snapshot.desk.clips, 60);
    assert_false(snapshot_take(&snapshot));
    struct state_cell cell = fake.segment->cell[3];
    strcpy(cell.name, "Renamed");
    fake_show_publish_cell(&fake, 3, &cell);
    assert_true(snapshot_take(&snapshot));
    assert_string_equal(snapshot.cell[3].name, "Renamed");
    assert_false(snapshot_take(&snapshot));
}

static void a_cell_that_moves_leaves_nothing_behind(void **state)
{
    (void)state;
    struct state_cell cell = fake.segment->cell[0];
    assert_ptr_equal(snapshot_cell_at(&snapshot, 0, 0, 0), &snapshot.cell[0]);
    cell.row = 7;
    cell.column = 7;
    fake_show_publish_cell(&fake, 0, &cell);
    snapshot_take(&snapshot);
    assert_null(snapshot_cell_at(&snapshot, 0, 0, 0));
    assert_ptr_equal(snapshot_cell_at(&snapshot, 0, 7, 7), &snapshot.cell[0]);
    cell.used = 0;
    fake_show_publish_cell(&fake, 0, &cell);
    snapshot_take(&snapshot);
    assert_null(snapshot_cell_at(&snapshot, 0, 7, 7));
    assert_null(snapshot_cell_at(&snapshot, -1, 0, 0));
    assert_null(snapshot_cell_at(&snapshot, 0, STATE_ROWS, 0));
}

static void a_writer_that_died_inside_a_cell_is_waited_for(void **state)
{
    (void)state;
    atomic_fetch_add(&fake.segment->cell_lock[5].sequence, 1);
    atomic_fetch_add(&fake.segment->cells_revision, 1);
    char before[64];
    strcpy(before, snapshot.cell[5].name);
    snapshot_take(&snapshot);
    assert_string_equal(snapshot.cell[5].name, before);
}

static void the_newest_voice_that_goes_on_tells_of_a_clip(void **state)
{
    (void)state;
    struct state_voice *voice = fake.live.voice;
    voice[0] = (struct state_voice){.clip = 2, .kind = STATE_VOICE_PLAYING, .serial = 7};
    voice[1] = (struct state_voice){.clip = 2, .kind = STATE_VOICE_STOPPING, .serial = 9};
    voice[2] = (struct state_voice){.clip = 2, .kind = STATE_VOICE_PLAYING, .serial = 8};
    voice[3] = (struct state_voice){.clip = 4, .kind = STATE_VOICE_AUDITIONING, .serial = 20};
    fake_show_step(&fake, 0);
    snapshot_take(&snapshot);
    assert_int_equal(snapshot_voice_of(&snapshot, 2)->serial, 8);
    assert_null(snapshot_voice_of(&snapshot, 3));
    assert_int_equal(snapshot.voices, 4);
    assert_true(snapshot.moving);
    assert_int_equal(snapshot.fired, 2);        /* an audition is not fired */
    for (int i = 0; i < 4; i++)
        voice[i] = (struct state_voice){.clip = STATE_NO_CLIP};
    fake_show_step(&fake, 0);
    snapshot_take(&snapshot);
    assert_false(snapshot.moving);
    assert_int_equal(snapshot.fired, 2);
}

static void refusals_stay_until_read_and_old_ones_are(void **state)
{
    (void)state;
    struct notices notices;
    const struct state_notice *newest;
    fake_show_notice(&fake, true, "old");
    snapshot_take(&snapshot);
    notices_init(&notices);
    notices_update(&notices, &snapshot);
    assert_int_equal(notices_unread(&notices, &snapshot, &newest), 0);
    fake_show_notice(&fake, true, "one");
    fake_show_notice(&fake, false, "only news");
    fake_show_notice(&fake, true, "two");
    snapshot_take(&snapshot);
    notices_update(&notices, &snapshot);
    assert_int_equal(notices_unread(&notices, &snapshot, &newest), 2);
    assert_string_equal(newest->text, "two");
    assert_true(notices_read(&notices, &snapshot));
    assert_int_equal(notices_unread(&notices, &snapshot, &newest), 1);
    assert_string_equal(newest->text, "one");
    assert_true(notices_read(&notices, &snapshot));
    assert_false(notices_read(&notices, &snapshot));
}

static void an_answer_that_comes_again_as_a_notice_is_shown_once(void **state)
{
    (void)state;
    struct notices notices;
    notices_init(&notices);
    notices_update(&notices, &snapshot);
    notices_say(&notices, true, "24 voices in use");
    fake_show_notice(&fake, true, "refused 1/1/1 Rain: 24 voices in use");
    snapshot_take(&snapshot);
    notices_update(&notices, &snapshot);
    assert_string_equal(notices.own, "");
    notices_say(&notices, true, "no such clip");
    fake_show_notice(&fake, true, "something else");
    snapshot_take(&snapshot);
    notices_update(&notices, &snapshot);
    assert_string_equal(notices.own, "no such clip");
}

static void more_refusals_than_are_kept_do_no_harm(void **state)
{
    (void)state;
    struct notices notices;
    const struct state_notice *newest;
    notices_init(&notices);
    notices_update(&notices, &snapshot);
    for (int i = 0; i < 100; i++)
        fake_show_notice(&fake, true, "again");
    snapshot_take(&snapshot);
    notices_update(&notices, &snapshot);
    assert_int_equal(notices_unread(&notices, &snapshot, &newest), STATE_NOTICES);
    for (int i = 0; i < STATE_NOTICES; i++)
        assert_true(notices_read(&notices, &snapshot));
    assert_false(notices_read(&notices, &snapshot));
}

static void voices_keep_their_place_in_the_list(void **state)
{
    (void)state;
    struct playing playing;
    playing_init(&playing);
    for (int i = 0; i < 6; i++)
        fake_show_press(&fake, i, 0);
    fake_show_step(&fake, 0);
    snapshot_take(&snapshot);
    playing_update(&playing, &snapshot, 6);
    for (int i = 0; i < 6; i++)
        assert_int_equal(playing.serial[i], i + 1);
    fake.live.voice[1] = fake.live.voice[3] = (struct state_voice){.clip = STATE_NO_CLIP};
    fake_show_press(&fake, 20, 0);
    fake_show_step(&fake, 0);
    snapshot_take(&snapshot);
    playing_update(&playing, &snapshot, 6);
    static const uint64_t expected[] = {1, 7, 3, 0, 5, 6};
    for (int i = 0; i < 6; i++)
        assert_int_equal(playing.serial[i], expected[i]);
    playing_update(&playing, &snapshot, 5);     /* less room: the last moves up */
    assert_int_equal(playing.serial[3], 6);
    assert_int_equal(playing.serial[5], 0);
}

static void the_list_has_room_for_what_there_is(void **state)
{
    (void)state;
    assert_int_equal(playing_per_line(6, 80, 3), 2);
    assert_int_equal(playing_per_line(7, 80, 3), 3);
    assert_int_equal(playing_per_line(24, 80, 3), 4);
    assert_int_equal(playing_per_line(1, 80, 1), 2);
    assert_int_equal(playing_per_line(24, 120, 3), 6);
}

static void replies_come_in_order_and_in_pieces(void **state)
{
    (void)state;
    int pair[2];
    struct talk talk;
    struct talk_reply reply;
    char bytes[64] = "";
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    talk_open(&talk, pair[0]);
    assert_true(talk_send(&talk, "press c1", false) && talk_send(&talk, "get c1 gain", true) && talk_send(&talk, "status", true));
    assert_true(talk_flush(&talk));
    assert_int_equal(read(pair[1], bytes, sizeof bytes - 1), 28);
    assert_string_equal(bytes, "press c1\nget c1 gain\nstatus\n");
    assert_int_equal(write(pair[1], "error refused no\nok -3", 22), 22);
    assert_true(talk_receive(&talk) && talk_next_reply(&talk, &reply));
    assert_false(reply.ok || reply.typed);
    assert_string_equal(reply.text, "no");
    assert_string_equal(reply.line, "press c1");
    talk_reply_clear(&reply);
    assert_false(talk_next_reply(&talk, &reply));
    assert_int_equal(write(pair[1], ".0\nok a\\nb\\\\\nok stray\n", 21), 21);
    assert_true(talk_receive(&talk) && talk_next_reply(&talk, &reply));
    assert_true(reply.ok && reply.typed);
    assert_string_equal(reply.text, "-3.0");
    talk_reply_clear(&reply);
    assert_true(talk_next_reply(&talk, &reply));
    assert_string_equal(reply.text, "a\nb\\");
    talk_reply_clear(&reply);
    assert_false(talk_next_reply(&talk, &reply));
    close(pair[1]);
    assert_false(talk_receive(&talk));
    talk_close(&talk);
    close(pair[0]);
}

static void a_show_that_does_not_answer_is_not_flooded(void **state)
{
    (void)state;
    int pair[2], sent = 0;
    struct talk talk;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    talk_open(&talk, pair[0]);
    while (sent < 100000 && talk_send(&talk, "press c1", false) && talk_flush(&talk))
        sent++;
    assert_in_range(sent, 100, TALK_PENDING);
    talk_close(&talk);
    close(pair[0]);
    close(pair[1]);
}

static void hear(uint64_t frame, float peak)
{
    struct state_inputs inputs = {.frame = frame, .rate = 48000};
    inputs.input[1].peak_lin = peak;
    seqlock_write_rt(&fake.segment->inputs_lock, &fake.segment->inputs, &inputs, sizeof inputs);
    snapshot_take(&snapshot);
}

/* Time runs while an input is armed; what is recorded is a voice of its cell, with the time it has. */
static void what_is_recorded_is_shown_in_its_cell(void **state)
{
    (void)state;
    fake.desk.record[1] = (struct state_record){.clip = STATE_NO_CLIP, .take = STATE_TAKE_ARMED};
    fake_show_publish_desk(&fake);
    hear(50000, 0.5f);
    assert_true(snapshot.moving);
    assert_true(snapshot.inputs.input[1].peak_lin == 0.5f);
    assert_null(snapshot_voice_of(&snapshot, 4));
    fake.desk.record[1] = (struct state_record){.clip = 4, .take = STATE_TAKE_RUNNING, .first_frame = 52000};
    fake_show_publish_desk(&fake);
    hear(100000, 0.5f);
    const struct state_voice *voice = snapshot_voice_of(&snapshot, 4);
    assert_non_null(voice);
    assert_int_equal(cell_state_of(&snapshot.cell[4], voice), CELL_RECORDING);
    assert_int_equal(voice->elapsed_ns, 1000000000);
    fake.desk.record[1] = (struct state_record){.clip = STATE_NO_CLIP};
    fake_show_publish_desk(&fake);
    hear(200000, 0.0f);
    assert_null(snapshot_voice_of(&snapshot, 4));
    assert_false(snapshot.moving);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)
    const struct CMUnitTest tests[] = {
        TEST(changes_are_taken_once), TEST(a_cell_that_moves_leaves_nothing_behind),
        TEST(a_writer_that_died_inside_a_cell_is_waited_for),
        TEST(the_newest_voice_that_goes_on_tells_of_a_clip), TEST(refusals_stay_until_read_and_old_ones_are),
        TEST(an_answer_that_comes_again_as_a_notice_is_shown_once), TEST(more_refusals_than_are_kept_do_no_harm),
        TEST(voices_keep_their_place_in_the_list), TEST(the_list_has_room_for_what_there_is),
        TEST(what_is_recorded_is_shown_in_its_cell),
        TEST(replies_come_in_order_and_in_pieces), TEST(a_show_that_does_not_answer_is_not_flooded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
