/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `status` (CONTRACT 6): the engine's own account of the show, from its state segment. Thread: main. */
#include "config.h"

#include "process/stage.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct picture {                    /* what is put into words */
    struct state_live live;
    const struct state_voice *voice[STATE_VOICES];      /* those that sound, oldest first */
    int voices;
};

static int by_serial(const void *a, const void *b)
{
    const struct state_voice *const *x = a, *const *y = b;
    return (*x)->serial < (*y)->serial ? -1 : (*x)->serial > (*y)->serial;
}

static bool is_known(const struct stage *stage, const struct state_voice *voice)
{
    return voice->clip == STATE_CELL_FILE ? stage->file != NULL : voice->clip < SHOW_CLIPS && show_clip(stage->show, voice->clip);
}

static void take_picture(const struct stage *stage, struct picture *picture)
{
    if (!seqlock_read(&stage->state->live_lock, &stage->state->live, &picture->live, sizeof picture->live))
        picture->live = (struct state_live){0};
    picture->voices = 0;
    for (int i = 0; i < STATE_VOICES; i++) {
        const struct state_voice *voice = &picture->live.voice[i];
        if (voice->kind != STATE_VOICE_FREE && is_known(stage, voice))
            picture->voice[picture->voices++] = voice;
    }
    qsort(picture->voice, (size_t)picture->voices, sizeof *picture->voice, by_serial);
}

/* m:ss.t, or h:mm:ss.t past an hour. */
static void fmt_time(struct strbuf *out, int64_t ns)
{
    int64_t tenths = ns / 100000000;
    int64_t seconds = tenths / 10;
    if (seconds >= 3600)
        strbuf_addf(out, "%lld:%02lld:%02lld.%lld", (long long)(seconds / 3600), (long long)(seconds / 60 % 60),
                    (long long)(seconds % 60), (long long)(tenths % 10));
    else
        strbuf_addf(out, "%lld:%02lld.%lld", (long long)(seconds / 60), (long long)(seconds % 60), (long long)(tenths % 10));
}

static const char *device_word(const struct stage *stage)
{
    return stage->audio_status.state == AUDIO_RUNNING ? "running" : "silent";
}

static void fmt_text(const struct stage *stage, const struct picture *picture, struct strbuf *out)
{
    const struct audio_status *audio = &stage->audio_status;
    const struct show_head *head = show_head(stage->show);
    strbuf_addf(out, "clipgrid %s  %s%s  %s %u %ux%u %s  load %.1f%%  xruns %u  over %u  %d voices", PACKAGE_VERSION,
                stage->session[0] ? stage->session : head->name && *head->name ? head->name : "(unnamed)",
                show_dirty(stage->show) ? " *" : "",
                audio->name, audio->format.rate, audio->format.period, audio->format.periods, device_word(stage),
                picture->live.load_ppm / 1e4, picture->live.xruns, picture->live.over, picture->voices);
    if (picture->live.emergency)
        strbuf_adds(out, "  EMERGENCY");
    if (picture->live.latency_frames)
        strbuf_addf(out, "  %.1f ms late", picture->live.latency_frames * 1e3 / audio->format.rate);
    if (audio->note[0])
        strbuf_addf(out, "  (%s)", audio->note);
    for (int i = 0; i < picture->voices; i++) {
        const struct state_voice *voice = picture->voice[i];
        const struct show_clip *clip = voice->clip == STATE_CELL_FILE ? NULL : show_clip(stage->show, voice->clip);
        char address[16], name[128];
        strbuf_addf(out, "\n%s %s %s ", clip ? show_address(clip, address) : "file", clip ? clip->id : "-",
                    state_voice_word(voice->kind));
        fmt_time(out, voice->elapsed_ns);
        strbuf_addc(out, ' ');
        if (voice->remaining_ns < 0)
            strbuf_addc(out, '-');
        else
            fmt_time(out, voice->remaining_ns);
        strbuf_addf(out, " %c %s", clip ? 'A' + clip->group : '-', clip ? show_clip_name(clip, name, sizeof name) : stage->file);
    }
}

static void fmt_db(struct strbuf *out, const char *key, double lin)
{
    /* JSON has no -inf: silence is -200 dB. */
    strbuf_addf(out, "\"%s\":%.2f", key, lin > 1e-10 ? 20 * log10(lin) : -200.0);
}

static void fmt_head(const struct stage *stage, const struct picture *picture, struct strbuf *out)
{
    const struct audio_status *audio = &stage->audio_status;
    const struct show_head *head = show_head(stage->show);
    strbuf_addf(out, "{\"version\":\"%s\",\"session\":", PACKAGE_VERSION);
    text_fmt_json(out, stage->session);
    strbuf_adds(out, ",\"name\":");
    text_fmt_json(out, head->name ? head->name : "");
    strbuf_addf(out, ",\"dirty\":%s,\"locked\":%s,\"device\":{\"name\":", show_dirty(stage->show) ? "true" : "false",
                stage->locked ? "true" : "false");
    text_fmt_json(out, audio->name);
    strbuf_addf(out, ",\"state\":\"%s\",\"rate\":%u,\"period\":%u,\"periods\":%u,\"channels\":%u,\"format\":", device_word(stage),
                audio->format.rate, audio->format.period, audio->format.periods, audio->format.channels);
    text_fmt_json(out, audio->format.format);
    strbuf_adds(out, ",\"note\":");
    text_fmt_json(out, audio->note);
    strbuf_addf(out, ",\"latency_frames\":%u},\"clock_frames\":%llu,\"load\":%.4f,"
                "\"xruns\":%u,\"late\":%u,\"over\":%u,\"starts_late\":%u,\"dry\":%u,\"emergency\":%s",
                picture->live.latency_frames, (unsigned long long)picture->live.frame, picture->live.load_ppm / 1e6,
                picture->live.xruns, picture->live.late, picture->live.over, picture->live.starts_late, picture->live.dry,
                picture->live.emergency ? "true" : "false");
    strbuf_addf(out, ",\"clips\":%d,\"loading\":%u", show_clips(stage->show), mirror_loading(stage));
    strbuf_addf(out, ",\"pids\":{\"supervisor\":%d,\"engine\":%d,\"standby\":null,\"store\":%u,\"workers\":[",
                stage->supervisor_pid, (int)getpid(), stage->store_status.store_pid);
    for (uint32_t i = 0; i < stage->store_status.workers && i < 16; i++)
        strbuf_addf(out, "%s%u", i ? "," : "", stage->store_status.pid[i]);
    strbuf_addf(out, "]},\"media\":{\"idle\":%s,\"opened\":%llu,\"from_catalogue\":%llu",
                stage->store_status.idle ? "true" : "false", (unsigned long long)stage->store_status.opened,
                (unsigned long long)stage->store_status.from_catalogue);
    strbuf_addf(out, ",\"budget_mb\":%.1f,\"resident_mb\":%.1f,\"heads\":%u,\"cold\":%u}",
                (double)stage->store_status.budget_bytes / (1 << 20),
                (double)stage->store_status.resident_bytes / (1 << 20), stage->store_status.heads, stage->store_status.cold);
}

static void fmt_clip(const struct show_clip *clip, struct strbuf *out)
{
    char address[16], name[128];
    strbuf_adds(out, "{\"clip\":");
    text_fmt_json(out, show_address(clip, address));
    strbuf_adds(out, ",\"id\":");
    text_fmt_json(out, clip->id);
    strbuf_adds(out, ",\"name\":");
    text_fmt_json(out, show_clip_name(clip, name, sizeof name));
    strbuf_addf(out, ",\"tab\":%d,\"row\":%d,\"column\":%d,\"group\":\"%c\"", clip->tab + 1, clip->row + 1, clip->column + 1,
                'A' + clip->group);
}

/* A file that is auditioned and no clip of the show. */
static void fmt_file(const struct stage *stage, struct strbuf *out)
{
    strbuf_adds(out, "{\"clip\":\"file\",\"id\":\"\",\"name\":");
    text_fmt_json(out, stage->file);
    strbuf_adds(out, ",\"tab\":0,\"row\":0,\"column\":0,\"group\":\"\"");
}

static void fmt_voice(const struct stage *stage, const struct state_voice *voice, struct strbuf *out)
{
    if (voice->clip == STATE_CELL_FILE)
        fmt_file(stage, out);
    else
        fmt_clip(show_clip(stage->show, voice->clip), out);
    strbuf_addf(out, ",\"state\":\"%s\",\"position_frames\":%lld,\"elapsed_s\":%.3f", state_voice_word(voice->kind),
                (long long)voice->position_frames, (double)voice->elapsed_ns / 1e9);
    if (voice->remaining_ns < 0)
        strbuf_adds(out, ",\"remaining_s\":null");
    else
        strbuf_addf(out, ",\"remaining_s\":%.3f", (double)voice->remaining_ns / 1e9);
    strbuf_addf(out, ",\"gain_db\":%.3f,\"pass\":%u}", voice->gain_mdb == INT32_MIN ? -200.0 : voice->gain_mdb / 1e3,
                voice->pass);
}

static void fmt_busses(const struct picture *picture, struct strbuf *out)
{
    static const char *const names[] = {"A", "B", "C", "D", "Audition"};
    for (int i = 0; i < STATE_BUSSES; i++) {
        const struct state_bus *bus = &picture->live.bus[i];
        strbuf_addf(out, "%s{\"name\":\"%s\",", i ? "," : "", names[i]);
        fmt_db(out, "peak_db", bus->peak_lin);
        strbuf_addc(out, ',');
        fmt_db(out, "true_peak_db", bus->true_peak_lin);
        strbuf_addc(out, ',');
        fmt_db(out, "rms_db", bus->rms_lin);
        strbuf_addc(out, ',');
        fmt_db(out, "lufs_m", bus->momentary_lin);
        strbuf_addc(out, ',');
        fmt_db(out, "lufs_s", bus->short_term_lin);
        strbuf_addc(out, ',');
        fmt_db(out, "gain_db", bus->gain_lin);
        strbuf_addf(out, ",\"over\":%u,\"mute\":%s,\"solo\":%s,\"mono\":%s,\"limiter\":%s}", bus->over,
                    bus->mute ? "true" : "false",
                    bus->solo ? "true" : "false", bus->mono ? "true" : "false", bus->limiter ? "true" : "false");
    }
}

static void fmt_notices(const struct stage *stage, struct strbuf *out)
{
    const struct state_desk *desk = &stage->desk;
    uint64_t first = desk->notices > STATE_NOTICES ? desk->notices - STATE_NOTICES + 1 : 1;
    bool any = false;
    const char *notes[] = {stage->audio_status.note, stage->realtime_note};
    for (int i = 0; i < 2; i++) {
        if (!*notes[i])
            continue;
        strbuf_adds(out, any ? "," : "");
        text_fmt_json(out, notes[i]);
        any = true;
    }
    for (uint64_t n = first; n <= desk->notices; n++) {
        strbuf_adds(out, any ? "," : "");
        text_fmt_json(out, desk->notice[(n - 1) % STATE_NOTICES].text);
        any = true;
    }
}

static void fmt_json(const struct stage *stage, const struct picture *picture, struct strbuf *out)
{
    fmt_head(stage, picture, out);
    strbuf_adds(out, ",\"voices\":[");
    for (int i = 0; i < picture->voices; i++) {
        strbuf_adds(out, i ? "," : "");
        fmt_voice(stage, picture->voice[i], out);
    }
    strbuf_adds(out, "],\"busses\":[");
    fmt_busses(picture, out);
    strbuf_adds(out, "],\"notices\":[");
    fmt_notices(stage, out);
    strbuf_adds(out, "]}");
}

void status_fmt(const struct stage *stage, bool json, struct strbuf *out)
{
    static struct picture picture;
    if (!stage->state)
        return;
    take_picture(stage, &picture);
    if (json)
        fmt_json(stage, &picture, out);
    else
        fmt_text(stage, &picture, out);
}
