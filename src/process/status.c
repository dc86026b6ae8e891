/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `status` (CONTRACT 6): the engine's own account of the show, from its state segment. Thread: main. */
#include "config.h"

#include "process/record.h"
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

/* As long as there is no document, none is known, and all of them sound. */
static bool is_listed(const struct stage *stage, const struct state_voice *voice)
{
    if (stage->interim)
        return true;
    return voice->clip == STATE_CELL_FILE ? stage->file != NULL : voice->clip < SHOW_CLIPS && show_clip(stage->show, voice->clip);
}

static void take_picture(const struct stage *stage, struct picture *picture)
{
    static struct state_live live;
    if (seqlock_read(&stage->state->live_lock, &stage->state->live, &live, sizeof live))
        picture->live = live;           /* else what was last seen: nothing would read as silence */
    picture->voices = 0;
    for (int i = 0; i < STATE_VOICES; i++) {
        const struct state_voice *voice = &picture->live.voice[i];
        if (voice->kind != STATE_VOICE_FREE && is_listed(stage, voice))
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

static void fmt_text_takes(const struct stage *stage, struct strbuf *out)
{
    for (unsigned input = 0; input < INPUTS; input++) {
        struct record_take take;
        char address[16];
        if (!record_get(stage, input, &take))
            continue;
        const struct show_clip *clip = take.slot < 0 ? NULL : show_clip(stage->show, take.slot);
        strbuf_addf(out, "\n%s %s %s ", clip ? show_address(clip, address) : "file", clip ? clip->id : "-",
                    state_voice_word(STATE_VOICE_RECORDING));
        fmt_time(out, (int64_t)(take.frames * 1000 / take.rate) * 1000000);
        strbuf_addf(out, " - %c %s", clip ? 'A' + clip->group : '-', take.file);
    }
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
    char load[200];
    burden_fmt(stage, load, sizeof load);
    if (*load)
        strbuf_addf(out, "  (%s)", load);
    mains_fmt(&stage->mains, load, sizeof load);
    if (*load)
        strbuf_addf(out, "  (%s)", load);
    if (picture->live.latency_frames)
        strbuf_addf(out, "  %.1f ms late", picture->live.latency_frames * 1e3 / audio->format.rate);
    record_fmt_text(stage, out);
    if (audio->note[0])
        strbuf_addf(out, "  (%s)", audio->note);
    for (int i = 0; i < picture->voices; i++) {
        const struct state_voice *voice = picture->voice[i];
        const struct show_clip *clip = voice->clip == STATE_CELL_FILE ? NULL : show_clip(stage->show, voice->clip);
        char address[16], name[128];
        const char *other = stage->file ? stage->file : "-";
        strbuf_addf(out, "\n%s %s %s ", clip ? show_address(clip, address) : stage->file ? "file" : "-", clip ? clip->id : "-",
                    state_voice_word(voice->kind));
        fmt_time(out, voice->elapsed_ns);
        strbuf_addc(out, ' ');
        if (voice->remaining_ns < 0)
            strbuf_addc(out, '-');
        else
            fmt_time(out, voice->remaining_ns);
        strbuf_addf(out, " %c %s", clip ? 'A' + clip->group : '-', clip ? show_clip_name(clip, name, sizeof name) : other);
    }
    fmt_text_takes(stage, out);
}

static void fmt_db(struct strbuf *out, const char *key, double lin)
{
    /* JSON has no -inf: silence is -200 dB. */
    strbuf_addf(out, "\"%s\":%.2f", key, lin > 1e-10 ? 20 * log10(lin) : -200.0);
}

static void fmt_load(const struct stage *stage, const struct picture *picture, struct strbuf *out)
{
    const struct yielding *yielding = &stage->burden.yielding;
    strbuf_addf(out, ",\"dsp\":{\"median\":%.4f,\"worst\":%.4f},\"system_load\":%.4f,\"load_level\":\"%s\",\"yields\":[",
                picture->live.median_ppm / 1e6, picture->live.worst_ppm / 1e6, stage->burden.system_ppm / 1e6,
                state_load_word(yielding->level));
    for (unsigned i = 0; i < yielding->yields; i++)
        strbuf_addf(out, "%s\"%s\"", i ? "," : "", state_yield_word(i));
    strbuf_addc(out, ']');
    const struct mains *mains = &stage->mains;
    bool battery = mains->known && mains->power.battery_percent >= 0;
    strbuf_adds(out, ",\"power\":{\"battery_percent\":");
    if (battery)
        strbuf_addf(out, "%d", mains->power.battery_percent);
    else
        strbuf_adds(out, "null");
    strbuf_addf(out, ",\"discharging\":%s,\"throttled\":%s}", mains->power.discharging ? "true" : "false",
                mains->power.throttled ? "true" : "false");
}

static const char *fmt_pid(int pid, char text[16])
{
    snprintf(text, 16, pid ? "%d" : "null", pid);
    return text;
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
    strbuf_adds(out, ",\"wanted\":");
    text_fmt_json(out, audio->wanted);
    strbuf_adds(out, ",\"note\":");
    text_fmt_json(out, audio->note);
    strbuf_addf(out, ",\"latency_frames\":%u},\"clock_frames\":%llu,\"load\":%.4f,"
                "\"xruns\":%u,\"late\":%u,\"over\":%u,\"starts_late\":%u,\"dry\":%u,\"emergency\":%s",
                picture->live.latency_frames, (unsigned long long)picture->live.frame, picture->live.load_ppm / 1e6,
                picture->live.xruns, picture->live.late, picture->live.over, picture->live.starts_late, picture->live.dry,
                picture->live.emergency ? "true" : "false");
    fmt_load(stage, picture, out);
    strbuf_addf(out, ",\"clips\":%d,\"loading\":%u", show_clips(stage->show), mirror_loading(stage));
    char heir[16], standby[16];
    strbuf_addf(out, ",\"pids\":{\"supervisor\":%d,\"heir\":%s,\"engine\":%d,\"standby\":%s,\"store\":%u,"
                "\"workers\":[",
                stage->supervisor_pid, fmt_pid(stage->heir_pid, heir), (int)getpid(), fmt_pid(stage->standby_pid, standby),
                stage->store_status.store_pid);
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

/* Which is no clip of the show, or one that nobody knows. what: "file" or "". */
static void fmt_other(const char *what, const char *name, struct strbuf *out)
{
    strbuf_addf(out, "{\"clip\":\"%s\",\"id\":\"\",\"name\":", what);
    text_fmt_json(out, name);
    strbuf_adds(out, ",\"tab\":0,\"row\":0,\"column\":0,\"group\":\"\"");
}

static void fmt_voice(const struct stage *stage, const struct state_voice *voice, struct strbuf *out)
{
    const struct show_clip *clip = voice->clip == STATE_CELL_FILE ? NULL : show_clip(stage->show, voice->clip);
    if (clip)
        fmt_clip(clip, out);
    else
        fmt_other(stage->file ? "file" : "", stage->file ? stage->file : "", out);
    strbuf_addf(out, ",\"state\":\"%s\",\"position_frames\":%lld,\"elapsed_s\":%.3f", state_voice_word(voice->kind),
                (long long)voice->position_frames, (double)voice->elapsed_ns / 1e9);
    if (voice->remaining_ns < 0)
        strbuf_adds(out, ",\"remaining_s\":null");
    else
        strbuf_addf(out, ",\"remaining_s\":%.3f", (double)voice->remaining_ns / 1e9);
    strbuf_addf(out, ",\"gain_db\":%.3f,\"pass\":%u,\"load\":%.6f,\"memory_kb\":%u}",
                voice->gain_mdb == INT32_MIN ? -200.0 : voice->gain_mdb / 1e3, voice->pass, voice->load_ppm / 1e6, voice->memory_kb);
}

/* A recording stands among the voices: what is in the cell sounds not yet, it hears. */
static void fmt_take(const struct stage *stage, const struct record_take *take, struct strbuf *out)
{
    if (take->slot >= 0)
        fmt_clip(show_clip(stage->show, take->slot), out);
    else
        fmt_other("file", take->file, out);
    strbuf_addf(out, ",\"state\":\"%s\",\"position_frames\":%llu,\"elapsed_s\":%.3f,\"remaining_s\":null,\"gain_db\":0.000,"
                "\"pass\":1}", state_voice_word(STATE_VOICE_RECORDING), (unsigned long long)take->frames,
                (double)take->frames / take->rate);
}

static void fmt_takes(const struct stage *stage, bool any, struct strbuf *out)
{
    struct record_take take;
    for (unsigned input = 0; input < INPUTS; input++) {
        if (!record_get(stage, input, &take))
            continue;
        strbuf_adds(out, any ? "," : "");
        fmt_take(stage, &take, out);
        any = true;
    }
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

static void fmt_emergency(const struct state_emergency *record, struct strbuf *out)
{
    strbuf_addf(out, "{\"number\":%u,\"cause\":\"%s\",\"busses\":%u,\"frame\":%llu,\"phases\":[", record->number,
                state_cause_word(record->cause), record->busses, (unsigned long long)record->frame[0]);
    for (int i = 0; i < record->phases; i++)
        strbuf_addf(out, "%s{\"frames\":%llu,\"ms\":%.3f}", i ? "," : "",
                    (unsigned long long)(record->frame[i] - record->frame[0]),
                    (double)(record->time_ns[i] - record->time_ns[0]) / 1e6);
    strbuf_adds(out, "]}");
}

/* The last ones, oldest first. */
static void fmt_emergencies(const struct picture *picture, struct strbuf *out)
{
    const uint32_t last = picture->live.emergencies, first = last > STATE_EMERGENCIES ? last - STATE_EMERGENCIES + 1 : 1;
    for (uint32_t n = first; n <= last; n++) {
        strbuf_adds(out, n > first ? "," : "");
        fmt_emergency(&picture->live.raised[(n - 1) % STATE_EMERGENCIES], out);
    }
}

static void fmt_notices(const struct stage *stage, struct strbuf *out)
{
    const struct state_desk *desk = &stage->desk;
    uint64_t first = desk->notices > STATE_NOTICES ? desk->notices - STATE_NOTICES + 1 : 1;
    bool any = false;
    bool once = !strcmp(stage->memory_note, stage->realtime_note);      /* where only memory is refused it is both */
    const char *notes[] = {stage->audio_status.note, stage->realtime_note, once ? "" : stage->memory_note};
    for (int i = 0; i < 3; i++) {
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
    fmt_takes(stage, picture->voices > 0, out);
    strbuf_adds(out, "],\"busses\":[");
    fmt_busses(picture, out);
    strbuf_adds(out, "],\"emergencies\":[");
    fmt_emergencies(picture, out);
    strbuf_adds(out, "],");
    record_fmt_json(stage, out);
    strbuf_adds(out, ",\"notices\":[");
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
