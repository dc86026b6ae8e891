/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What sounded when the show was cut off: see recall.h. */
#include "config.h"

#include "process/recall.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "platform/clock.h"
#include "wire/flight.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { PATIENCE_S = 10, UNSEEN_S = 1 }; /* for media to be looked at; for what was fired to be seen */

static struct {
    struct msg_aftermath left;          /* clips that do not sound yet */
    uint64_t fired_ns[MSG_AFTERMATH_CLIPS];     /* CLOCK_MONOTONIC; 0: still to be fired */
    uint64_t until_ns;
} self;

/* Once, as the show begins. */
static void tell_cut(struct stage *stage, const struct msg_aftermath *aftermath, const char *policy)
{
    char text[300], when[40];
    struct tm local;
    time_t time = (time_t)aftermath->cut_s;
    uint32_t count = aftermath->count, held = aftermath->held, queued = aftermath->queued;
    if (!localtime_r(&time, &local) || !strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S", &local))
        return;
    if (count)
        snprintf(text, sizeof text, "the show was cut off while %" PRIu32 " clip%s %s, at %s%s", count, count == 1 ? "" : "s",
                 queued == 0 ? "sounded" : queued < count ? "sounded or were queued" : count == 1 ? "was queued" : "were queued", when,
                 !strcmp(policy, "resume") ? ": they go on" : !strcmp(policy, "top") ? ": they begin again" : "");
    else if (held)
        snprintf(text, sizeof text, "the show was cut off at %s", when);
    else
        snprintf(text, sizeof text, "the show was not ended the last time, but killed or cut off while nothing sounded, at %s",
                 when);
    size_t length = strlen(text);
    if (held)
        snprintf(text + length, sizeof text - length, "; %" PRIu32 " that %s paused, or held by an emergency, %s silent", held,
                 held == 1 ? "was" : "were", held == 1 ? "stays" : "stay");
    desk_notice(stage, false, text);
}

void recall_take(struct stage *stage, const struct msg_aftermath *aftermath)
{
    const char *policy = stage->options.config.after_cut;
    if (aftermath->count > MSG_AFTERMATH_CLIPS || (aftermath->count && !aftermath->rate))
        return;
    if (aftermath->cut_s)
        tell_cut(stage, aftermath, policy);
    if (!aftermath->count || !strcmp(policy, "silent"))
        return;
    self.left = *aftermath;
    memset(self.fired_ns, 0, sizeof self.fired_ns);
    self.until_ns = clock_now_rt() + PATIENCE_S * CLOCK_SECOND_NS;
}

/* The frame of the file at which it would be; -1: it has ended. What is known of it is where it was, or that it began at IN; passes
 * before that are not counted. Outside of IN and OUT it had been started at a marker. */
static int64_t place_of(const struct show_clip *clip, const struct stage_medium *medium, const struct msg_left *left, uint32_t rate)
{
    int64_t in = clip->in < 0 ? 0 : clip->in, out = clip->out < 0 ? medium->file_frames : clip->out;
    int64_t at = left->at < 0 ? in : left->at;
    int64_t gone = (int64_t)((double)left->frames * medium->file_rate / rate + 0.5);
    if (out <= in)
        return -1;
    if (at >= out)
        out = medium->file_frames;
    if (at + gone < out)
        return at + gone;
    if (clip->mode == SHOW_MODE_LOOP && (!clip->loops || at + gone - in < clip->loops * (out - in)))
        return in + (at + gone - in) % (out - in);
    return -1;
}

static void say(struct stage *stage, const char *line)
{
    static const struct ticket nobody = {0};
    perform_line(stage, nobody, line, COMMAND_ROLE_EDIT, COMMAND_FROM_SOCKET);
}

/* Return: whether nothing more is to be done about it. */
static bool fire(struct stage *stage, int index)
{
    char line[160];
    const struct msg_left *left = &self.left.clip[index];
    int slot = show_slot_by_id(stage->show, left->id);
    const struct show_clip *clip = slot < 0 ? NULL : show_clip(stage->show, slot);
    if (!clip)
        return true;
    const struct stage_medium *medium = &stage->media[stage->clip_medium[slot]];
    bool top = !strcmp(stage->options.config.after_cut, "top"), begins = left->queued && left->at < 0 && !left->frames;
    if (top || begins) {
        snprintf(line, sizeof line, "play %s", clip->id);
    } else if (medium->file_rate) {
        int64_t at = place_of(clip, medium, left, self.left.rate);
        if (at < 0)
            return true;
        snprintf(line, sizeof line, "play %s at %" PRId64 "f", clip->id, at);
    } else {
        bool late = clock_now_rt() >= self.until_ns;
        return late || medium->state == STATE_MEDIA_MISSING || medium->state == STATE_MEDIA_BROKEN;
    }
    say(stage, line);
    if (top || !left->gain_mdb)
        return true;
    snprintf(line, sizeof line, "fade %s %.3f 0", clip->id, left->gain_mdb / 1e3);
    say(stage, line);
    return true;
}

void recall_turn(struct stage *stage)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < self.left.count; i++) {
        uint64_t now = clock_now_rt(), fired_ns = self.fired_ns[i];
        if (!fired_ns && fire(stage, (int)i))
            fired_ns = now;
        if (fired_ns && now - fired_ns >= UNSEEN_S * CLOCK_SECOND_NS)
            continue;
        self.fired_ns[kept] = fired_ns;
        self.left.clip[kept++] = self.left.clip[i];
    }
    self.left.count = kept;
}

static bool is_seen(const struct stage *stage, const struct state_live *live, const char *id)
{
    for (int i = 0; i < STATE_VOICES; i++) {
        const struct state_voice *voice = &live->voice[i];
        const struct show_clip *clip = voice->kind != STATE_VOICE_FREE ? show_clip(stage->show, voice->clip) : NULL;
        if (clip && !strcmp(clip->id, id))
            return true;
    }
    return false;
}

void recall_fmt(const struct stage *stage, const struct state_live *live, struct strbuf *out)
{
    for (uint32_t i = 0; i < self.left.count; i++) {
        const struct msg_left *left = &self.left.clip[i];
        uint64_t frames = (uint64_t)((double)left->frames * stage->audio_status.format.rate / self.left.rate + 0.5);
        if (!self.fired_ns[i] || !is_seen(stage, live, left->id))
            strbuf_addf(out, FLIGHT_VOICE_FORMAT "\n", left->id, "queued", frames, left->at, left->gain_mdb);
    }
}
