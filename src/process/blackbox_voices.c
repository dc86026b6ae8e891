/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What sounds, recorded: see blackbox_voices.h. */
#include "config.h"

#include "process/blackbox_voices.h"
#include "process/blackbox.h"
#include "process/recall.h"
#include "base/strbuf.h"
#include "base/xxh64.h"
#include "platform/clock.h"

#include <inttypes.h>

#define VOICES_EVERY_NS (CLOCK_SECOND_NS / 4)
#define VOICES_DUE_NS (CLOCK_SECOND_NS / 20)

/* Of a clip that a later show would go on with. said: the same without its place. */
static void fmt_voice(const struct show_clip *clip, const struct state_voice *voice, struct strbuf *out, struct strbuf *said)
{
    const char *state = voice->kind == STATE_VOICE_PAUSED ? "paused" : voice->kind == STATE_VOICE_QUEUED ? "queued" : "plays";
    int64_t at = voice->kind == STATE_VOICE_QUEUED && !voice->position_frames ? -1 : voice->position_frames;
    strbuf_addf(out, FLIGHT_VOICE_FORMAT "\n", clip->id, state, voice->start_frame, at, voice->fade_mdb);
    strbuf_addf(said, "%s %s %" PRIu64 " %" PRId32 "\n", clip->id, state, voice->start_frame, voice->fade_mdb);
}

/* Not what is on its way to an end, nor auditions. */
static bool is_to_be_told(const struct state_voice *voice)
{
    bool on = voice->kind == STATE_VOICE_QUEUED || voice->kind == STATE_VOICE_PLAYING || voice->kind == STATE_VOICE_LOOPING ||
              voice->kind == STATE_VOICE_PAUSED;
    return on && voice->bus != ENGINE_BUS_AUDITION && voice->fade_mdb != INT32_MIN;
}

static void fmt_voices(const struct stage *stage, const struct state_live *live, struct strbuf *out, struct strbuf *said)
{
    if (live->emergency)
        strbuf_adds(out, FLIGHT_VOICES_HELD "\n");
    strbuf_addf(said, "%d\n", live->emergency != 0);
    for (int i = 0; i < STATE_VOICES; i++) {
        const struct state_voice *voice = &live->voice[i];
        const struct show_clip *clip = is_to_be_told(voice) ? show_clip(stage->show, voice->clip) : NULL;
        if (clip)
            fmt_voice(clip, voice, out, said);
    }
    size_t length = out->len;
    recall_fmt(stage, live, out);
    strbuf_adds(said, out->s ? out->s + length : "");
}

/* always: also if that was told already. A show that just plays on says nothing more: where it is then follows from the time. */
static void tell(struct stage *stage, bool always)
{
    static struct state_live live;
    struct blackbox *box = &stage->blackbox;
    struct strbuf text = {0}, said = {0};
    if (!box->ring || stage->interim || !seqlock_read(&stage->state->live_lock, &stage->state->live, &live, sizeof live))
        return;
    fmt_voices(stage, &live, &text, &said);
    uint64_t hash = xxh64_of(said.s, said.len, 0);
    if ((always && text.len) || hash != box->voices_said)
        blackbox_text(stage, FLIGHT_VOICES, live.frame, text.s ? text.s : "");
    box->voices_ns = clock_now_rt();
    box->voices_due = false;
    box->voices_said = hash;
    strbuf_clear(&text);
    strbuf_clear(&said);
}

void blackbox_voices_turn(struct stage *stage, uint64_t now)
{
    struct blackbox *box = &stage->blackbox;
    if (now - box->voices_ns >= (box->voices_due ? VOICES_DUE_NS : VOICES_EVERY_NS))
        tell(stage, box->voices_due);
}

void blackbox_voices_tell(struct stage *stage)
{
    tell(stage, true);
}
