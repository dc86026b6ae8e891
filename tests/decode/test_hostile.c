/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A worker that has been taken over. It is played by this program, at the other end of a socket:
 * it answers with random bytes, with right answers that hold wrong numbers, with samples of any
 * bits, with descriptors nobody asked for, twice or not at all. The loader must settle every file,
 * let nothing unfit into clip memory, and load what an honest worker has as if nothing happened.
 */
#include "config.h"

#include "../media/rig.h"

#include "wire/work.h"

#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

enum { SLOTS = 12, FRAMES = 30000, FAKES = 3, ANSWERS = 4000 /* but for the variable */ };

static uint64_t seed = 1;

static uint32_t draw(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33);
}

static bool one_in(uint32_t n)
{
    return draw() % n == 0;
}

static void draw_bytes(void *to, size_t count)
{
    for (unsigned char *at = to; count--; at++)
        *at = (unsigned char)draw();
}

struct fake {
    int socket;                     /* our end; -1: none */
    unsigned char *staging;
    ino_t file;                     /* the last file handed to it */
    struct work_opened said;        /* its last answer to OPEN */
};

struct tally {
    unsigned answers, ready, broken;
};

static void fake_join(struct rig *rig, struct fake *fake)
{
    int pair[2], staging = work_make_staging();
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), 0);
    fake->staging = work_map_staging(staging, true);
    assert_non_null(fake->staging);
    fake->socket = pair[1];
    loader_add_worker(rig->loader, pair[0], staging, -1);
}

static void fake_leave(struct fake *fake)
{
    close(fake->socket);
    work_unmap_staging(fake->staging);
    *fake = (struct fake){.socket = -1};
}

/* Mostly what an honest worker might say, so that the talk gets beyond its beginning. */
static void draw_facts(struct work_opened *facts)
{
    static const uint32_t rates[] = {48000, 48000, 48000, 44100, 1000, 384000};
    memset(facts, 0, sizeof *facts);
    facts->rate = rates[draw() % 6];
    facts->channels = 1 + draw() % (one_in(4) ? 16 : 2);
    facts->sample = draw() % 2;
    facts->frames = 1 + draw() % (one_in(8) ? 40000000 : facts->rate < 44100 ? 4000 : 80000);
    strcpy(facts->format, "WAV");
    strcpy(facts->encoding, "16 bit");
    if (one_in(3))
        memset(facts->place, WORK_LEFT, facts->channels);
    if (one_in(3))
        return;
    switch (draw() % 10) {
    case 0: facts->frames = (int64_t)((uint64_t)draw() << 32 | draw()); break;
    case 1: facts->channels = draw(); break;
    case 2: facts->rate = draw(); break;
    case 3: facts->sample = draw(); break;
    case 4: draw_bytes(facts->place, sizeof facts->place); break;
    case 5: draw_bytes(facts->text, sizeof facts->text); break;
    case 6: memset(facts->format, 'x', sizeof facts->format); break;
    case 7: facts->status = draw(); break;
    case 8: strcpy(facts->text, "\033[2J"); break;
    default: draw_bytes(facts, sizeof *facts); break;
    }
}

static void send_raw(struct fake *fake)
{
    unsigned char bytes[4096];
    size_t count = draw() % (one_in(2) ? 64 : sizeof bytes);
    draw_bytes(bytes, count);
    if (count >= 16 && one_in(2)) {         /* a head that is right, and then something */
        uint32_t head[4] = {MSG_WORK_OPENED + draw() % 4, 1, (uint32_t)count - 16, 0x4347};
        memcpy(bytes, head, sizeof head);
    }
    send(fake->socket, bytes, count, MSG_NOSIGNAL);
}

static void answer_open(struct fake *fake, const struct msg *ask, const int *fds, int count)
{
    draw_facts(&fake->said);
    msg_send(fake->socket, MSG_WORK_OPENED, ask->serial, &fake->said, sizeof fake->said, fds, count);
}

static void answer_read(struct fake *fake, const struct msg *msg, const int *fds, int count)
{
    struct work_read ask;
    memcpy(&ask, msg->payload, sizeof ask);
    if (one_in(4))
        draw_bytes(fake->staging + draw() % (WORK_STAGING_BYTES - 70000), 70000);
    struct work_frames frames = {.first = ask.first, .count = ask.frames};
    if (one_in(6))
        frames.count = one_in(2) ? draw() : draw() % (ask.frames + 1);
    if (one_in(20))
        frames.first += (int64_t)draw() - (1 << 30);
    msg_send(fake->socket, MSG_WORK_FRAMES, msg->serial, &frames, sizeof frames, fds, count);
    if (one_in(8))
        draw_bytes(fake->staging + ask.at, 4096);       /* while it is being read, perhaps */
}

/* Return: false when the fake hangs up. */
static bool fake_answer(struct fake *fake, struct msg *msg)
{
    int gift[2] = {STDERR_FILENO, STDERR_FILENO};
    int gifts = one_in(40) ? 1 + (int)(draw() % 2) : 0;
    if (one_in(30))
        return false;
    if (one_in(20))
        msg->serial = draw();
    if (one_in(15))
        send_raw(fake);
    else if (msg->type == MSG_WORK_OPEN)
        answer_open(fake, msg, gift, gifts);
    else
        answer_read(fake, msg, gift, gifts);
    if (one_in(30))
        msg_send_text(fake->socket, MSG_NOTICE, msg->serial, "hello");
    return true;
}

static void fake_serve(struct fake *fake, bool *tainted, const ino_t *inodes, struct tally *tally)
{
    static struct msg msg;
    int got;
    while ((got = msg_recv(fake->socket, &msg)) > 0) {
        struct stat st;
        if (msg.type == MSG_WORK_OPEN && fstat(msg.fd[0], &st) == 0)
            for (int slot = 0; slot < SLOTS; slot++)
                tainted[slot] = tainted[slot] || inodes[slot] == st.st_ino;
        bool stays = msg.type == MSG_WORK_CLOSE || fake_answer(fake, &msg);
        tally->answers += msg.type != MSG_WORK_CLOSE;
        msg_clear(&msg);
        if (!stays) {
            fake_leave(fake);
            return;
        }
    }
    if (got == 0)
        fake_leave(fake);           /* the loader has had enough of it */
}

/* One channel or two, nothing beyond +36 dB, no NaN; folding and conversion may add to the level, never to infinity. */
static void assert_block_fit(const struct clipmem_view *view, uint32_t slot, const void *block, uint32_t frames)
{
    float most = view->file_rate == 48000 ? 64.0f * 16 : 64.0f * 256;
    for (uint32_t i = 0; i < frames * view->channels && view->format == CLIPMEM_F32; i++)
        if (!(fabsf(((const float *)block)[i]) <= most))
            fail_msg("slot %u holds %g", slot, (double)((const float *)block)[i]);
}

static void assert_fit(struct rig *rig, uint32_t slot)
{
    struct clipmem_view view;
    uint32_t count;
    assert_true(clipmem_view_rt(rig->memory, slot, &view));
    for (int64_t at = 0; at < view.frames; at += count) {
        const void *block = clipmem_read_rt(&view, at, &count);
        if (block)
            assert_block_fit(&view, slot, block, count);
        else
            count = clipmem_block_frames(view.format, view.channels);      /* it says it is longer than memory */
    }
}

static void assert_honest(struct rig *rig, uint32_t slot, const float *wanted)
{
    struct clipmem_view view;
    if (rig->info[slot].state != MEDIA_READY)
        fail_msg("slot %u, which no hostile worker had: %s", slot, rig->info[slot].text);
    float *samples = rig_take(rig, slot, &view);
    assert_int_equal(view.frames, FRAMES);
    assert_memory_equal(samples, wanted, FRAMES * sizeof *samples);
    free(samples);
}

static void one_round(struct rig *rig, const float *wanted, struct tally *tally)
{
    struct fake fakes[FAKES] = {{.socket = -1}, {.socket = -1}, {.socket = -1}};
    bool tainted[SLOTS] = {false};
    ino_t inodes[SLOTS];
    for (uint32_t slot = 0; slot < SLOTS; slot++) {
        char path[] = "a.wav";
        struct stat st;
        path[0] = (char)('a' + slot);
        assert_int_equal(stat(path, &st), 0);
        inodes[slot] = st.st_ino;
        rig->settled[slot] = 0;
        loader_want(rig->loader, slot, AT_FDCWD, path);
    }
    while (!loader_idle(rig->loader)) {
        for (int i = 0; i < FAKES; i++)
            if (fakes[i].socket < 0)
                fake_join(rig, &fakes[i]);
        rig_turn(rig, 1);
        for (int i = 0; i < FAKES; i++)
            fake_serve(&fakes[i], tainted, inodes, tally);
    }
    for (uint32_t slot = 0; slot < SLOTS; slot++) {
        assert_true(rig->settled[slot] >= 1);
        if (!tainted[slot])
            assert_honest(rig, slot, wanted);
        else if (rig->info[slot].state == MEDIA_READY)
            assert_fit(rig, slot);
        tally->ready += tainted[slot] && rig->info[slot].state == MEDIA_READY;
        tally->broken += rig->info[slot].state == MEDIA_BROKEN;
    }
    for (int i = 0; i < FAKES; i++)
        if (fakes[i].socket >= 0)
            fake_leave(&fakes[i]);
}

static void the_loader_survives_and_honest_work_is_untouched(void **state)
{
    (void)state;
    static struct rig rig;
    unsigned channels, rate;
    int64_t frames;
    struct tally tally = {0};
    rig_init(&rig, 64 << 20, 0);
    for (int slot = 0; slot < SLOTS; slot++) {
        char path[] = "a.wav";
        path[0] = (char)('a' + slot);
        rig_make_file(path, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1, 48000, FRAMES);
    }
    float *wanted = rig_decode("a.wav", &channels, &rate, &frames);
    rig_add_worker(&rig);
    uint64_t free_before = clipmem_free_blocks(rig.memory);
    const char *answers = getenv("ANSWERS");
    while (tally.answers < (answers ? strtoul(answers, NULL, 10) : ANSWERS))
        one_round(&rig, wanted, &tally);
    printf("%u answers: %u files ready, %u broken\n", tally.answers, tally.ready, tally.broken);
    assert_true(tally.ready >= 50);         /* some talks must get to their end, or little was tried */
    assert_true(tally.broken >= 50);
    for (uint32_t slot = 0; slot < SLOTS; slot++)
        loader_drop(rig.loader, slot);
    assert_int_equal(clipmem_free_blocks(rig.memory), free_before);
    free(wanted);
    rig_clear(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_loader_survives_and_honest_work_is_untouched)};
    return cmocka_run_group_tests(tests, folder_enter, folder_leave);
}
