/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A show without an engine: see fake_show.h. */
#include "config.h"

#include "fake_show.h"
#include "base/text.h"
#include "platform/clock.h"

#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { RATE = 48000, COLUMNS = 10 };

static const char *const names[] = {
    "Rain", "Thunder", "Door", "Street at night", "Radio", "Clock", "Bell", "Owl", "Grüße aus Köln", "Horn", "Wind",
    "Gust", "Steps", "Cannon", "Drums", "日本語の名前", "Applause, long", "e\xcc\x81tude", "Tape stop", "Sting",
};

static void make_cell(struct state_cell *cell, int index)
{
    int place = index * 3 / 2, tab = place / 80 < 2 ? place / 80 : 2;
    int columns = tab == 2 ? STATE_COLUMNS : COLUMNS, within = place - tab * 80;
    *cell = (struct state_cell){.tab = (uint8_t)tab, .row = (uint8_t)(within / columns), .column = (uint8_t)(within % columns),
                                .used = 1};
    cell->rows = cell->columns = 1;
    cell->group = (uint8_t)(index % 4);
    cell->media = index == 7 ? STATE_MEDIA_MISSING : index == 12 ? STATE_MEDIA_BROKEN : index == 17 ? STATE_MEDIA_COLD
                : index == 19 ? STATE_MEDIA_LOADING : STATE_MEDIA_READY;
    cell->flags = (index % 5 == 0 ? STATE_CELL_LOOP : 0) | (index % 3 ? STATE_CELL_STEREO : 0);
    cell->file_rate = RATE;
    cell->length_frames = (int64_t)RATE * (8 + index * 7 % 90);
    cell->fade_out_s = 0.3f;
    snprintf(cell->id, sizeof cell->id, "c%d", index + 1);
    text_copy(cell->name, sizeof cell->name, names[(size_t)index % (sizeof names / sizeof *names)]);
    text_copy(cell->press, sizeof cell->press, "stop");
    text_copy(cell->mode, sizeof cell->mode, index % 5 == 0 ? "loop" : "once");
    if (index == 4)
        text_copy(cell->notes, sizeof cell->notes, "cue 14, after CUT");
    if (index == 7)
        text_copy(cell->media_note, sizeof cell->media_note, "owl.wav: no such file");
}

void fake_show_publish_desk(struct fake_show *fake)
{
    seqlock_write_rt(&fake->segment->desk_lock, &fake->segment->desk, &fake->desk, sizeof fake->desk);
}

void fake_show_publish_cell(struct fake_show *fake, int slot, const struct state_cell *cell)
{
    seqlock_write_rt(&fake->segment->cell_lock[slot], &fake->segment->cell[slot], cell, sizeof *cell);
    atomic_fetch_add(&fake->segment->cells_revision, 1);
}

void fake_show_notice(struct fake_show *fake, bool refusal, const char *text)
{
    struct state_notice *notice = &fake->desk.notice[fake->desk.notices++ % STATE_NOTICES];
    *notice = (struct state_notice){.number = fake->desk.notices, .wall_ns = clock_wall_ns(), .refusal = refusal};
    text_copy(notice->text, sizeof notice->text, text);
    fake_show_publish_desk(fake);
}

static void make_desk(struct state_desk *desk, int clips)
{
    static const char *const tabs[] = {"ACT I", "STORM", "BOWS"};
    for (int i = 0; i < 3; i++) {
        text_copy(desk->tab[i].name, sizeof desk->tab[i].name, tabs[i]);
        desk->tab[i].rows = i == 2 ? STATE_ROWS : 8;
        desk->tab[i].columns = i == 2 ? STATE_COLUMNS : COLUMNS;
    }
    for (int i = 0; i < STATE_GROUPS; i++)
        snprintf(desk->group[i].name, sizeof desk->group[i].name, "%c", 'A' + i);
    desk->group[2].choke = 1;
    text_copy(desk->name, sizeof desk->name, "The Tempest");
    text_copy(desk->session, sizeof desk->session, "/tmp/tempest.orp");
    text_copy(desk->device, sizeof desk->device, "hw:USB");
    desk->device_state = STATE_DEVICE_RUNNING;
    desk->rate = RATE;
    desk->period = 64;
    desk->periods = 2;
    desk->channels = 10;
    desk->clips = (uint32_t)clips;
}

void fake_show_open(struct fake_show *fake, int clips)
{
    memset(fake, 0, sizeof *fake);
    fake->state_fd = state_create(&fake->segment, 1);
    fake->clips = clips;
    for (int i = 0; i < STATE_VOICES; i++)
        fake->live.voice[i].clip = STATE_NO_CLIP;
    make_desk(&fake->desk, clips);
    fake_show_publish_desk(fake);
    for (int i = 0; i < clips; i++) {
        struct state_cell cell;
        make_cell(&cell, i);
        fake_show_publish_cell(fake, i, &cell);
    }
    fake_show_step(fake, 0);
}

static struct state_voice *find_voice(struct fake_show *fake, int clip)
{
    for (int i = 0; i < 24; i++)
        if (fake->live.voice[i].clip == clip)
            return &fake->live.voice[i];
    return NULL;
}

void fake_show_press(struct fake_show *fake, int slot, double now)
{
    struct state_voice *voice = find_voice(fake, slot);
    if (voice) {
        voice->kind = STATE_VOICE_STOPPING;
        fake->started[voice - fake->live.voice] = now - 3600;
        return;
    }
    voice = find_voice(fake, STATE_NO_CLIP);
    if (!voice) {
        char text[100];
        snprintf(text, sizeof text, "refused c%d: 24 voices in use", slot + 1);
        fake_show_notice(fake, true, text);
        return;
    }
    const struct state_cell *cell = &fake->segment->cell[slot];
    *voice = (struct state_voice){.clip = (uint16_t)slot, .bus = cell->group, .serial = ++fake->serial, .pass = 1};
    voice->kind = cell->flags & STATE_CELL_LOOP ? STATE_VOICE_LOOPING : STATE_VOICE_PLAYING;
    fake->started[voice - fake->live.voice] = now;
}

static void step_voice(struct fake_show *fake, int index, double now)
{
    struct state_voice *voice = &fake->live.voice[index];
    if (voice->clip == STATE_NO_CLIP)
        return;
    double length = (double)fake->segment->cell[voice->clip].length_frames / RATE, elapsed = now - fake->started[index];
    bool loops = voice->kind == STATE_VOICE_LOOPING;
    if (!loops && elapsed >= length) {
        *voice = (struct state_voice){.clip = STATE_NO_CLIP};
        return;
    }
    voice->pass = (uint32_t)(elapsed / length) + 1;
    voice->elapsed_ns = (int64_t)(elapsed * 1e9);
    voice->remaining_ns = loops ? -1 : (int64_t)((length - elapsed) * 1e9);
    voice->progress = (uint32_t)(fmod(elapsed, length) / length * 65535);
}

/* Meters that move as those of music do: beats that fall at 20 dB a second. */
static float fake_peak(int bus, double now)
{
    double beat = fmod(now * (1.7 + bus * 0.4), 1.0) / (1.7 + bus * 0.4);
    double db = -4 - 3 * bus + 6 * sin(now * (0.3 + bus * 0.11)) - 20 * beat;
    return (float)pow(10, db / 20);
}

void fake_show_step(struct fake_show *fake, double now)
{
    bool sounds[STATE_BUSSES] = {false};
    struct state_live *live = &fake->live;
    live->voices_used = 0;
    for (int i = 0; i < 24; i++) {
        step_voice(fake, i, now);
        if (live->voice[i].clip == STATE_NO_CLIP)
            continue;
        sounds[live->voice[i].bus] = true;
        live->voices_used += 2;
    }
    for (int bus = 0; bus < STATE_BUSSES; bus++)
        live->bus[bus] = (struct state_bus){.peak_lin = sounds[bus] ? fake_peak(bus, now) : 0, .gain_lin = 1};
    live->frame = (uint64_t)(now * RATE);
    live->time_ns = clock_now_rt();
    live->load_ppm = live->voices_used ? 30000 + (uint32_t)(now * 10) % 7 * 2000 : 5000;
    seqlock_write_rt(&fake->segment->live_lock, &fake->segment->live, live, sizeof *live);
}

static int slot_of(const struct fake_show *fake, const char *clip)
{
    int tab, row, column;
    if (sscanf(clip, "%d/%d/%d", &tab, &row, &column) != 3)
        return -1;
    for (int i = 0; i < fake->clips; i++) {
        const struct state_cell *cell = &fake->segment->cell[i];
        if (cell->tab == tab - 1 && cell->row == row - 1 && cell->column == column - 1)
            return i;
    }
    return -1;
}

static const char *obey(struct fake_show *fake, const char *line, double now)
{
    if (strncmp(line, "press ", 6) == 0) {
        int slot = slot_of(fake, line + 6);
        if (slot < 0)
            return "error unknown there is no such clip\n";
        fake_show_press(fake, slot, now);
    } else if (strcmp(line, "panic") == 0 || strcmp(line, "stop all") == 0) {
        for (int i = 0; i < 24; i++)
            fake->live.voice[i] = (struct state_voice){.clip = STATE_NO_CLIP};
    } else if (strncmp(line, "lock ", 5) == 0) {
        fake->desk.locked = strcmp(line + 5, "on") == 0;
        fake_show_publish_desk(fake);
    } else if (strncmp(line, "notice ", 7) == 0) {
        fake_show_notice(fake, true, line + 7);
    } else if (strcmp(line, "status") == 0) {
        return "ok The Tempest, 3 voices\\n1/1/1 c1 playing\\n1/1/2 c2 playing\n";
    }
    return "ok\n";
}

void fake_show_serve(struct fake_show *fake, int socket)
{
    char line[4096];
    size_t length = 0;
    uint64_t start = clock_now_rt();
    for (;;) {
        double now = (double)(clock_now_rt() - start) / 1e9;
        struct pollfd in = {.fd = socket, .events = POLLIN};
        fake_show_step(fake, now);
        if (poll(&in, 1, 2) <= 0)
            continue;
        ssize_t count = recv(socket, line + length, sizeof line - length - 1, 0);
        if (count <= 0)
            return;
        length += (size_t)count;
        line[length] = '\0';
        char *end;
        while ((end = strchr(line, '\n'))) {
            *end = '\0';
            const char *reply = obey(fake, line, now);
            bool quits = strcmp(line, "quit") == 0;
            if (write(socket, reply, strlen(reply)) < 0 || quits)
                return;
            length -= (size_t)(end + 1 - line);
            memmove(line, end + 1, length + 1);
        }
    }
}
