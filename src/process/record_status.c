/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `status` tells of the inputs: device, levels, what is recorded, the health of the LTC input. Thread: main. */
#include "config.h"

#include "process/record.h"
#include "base/text.h"

#include <math.h>

static const char *const take_words[] = {
    [TAKE_NONE] = "none", [TAKE_ARMED] = "armed", [TAKE_ASKED] = "recording", [TAKE_RUNNING] = "recording",
    [TAKE_ENDING] = "ending",
};

static double to_db(float lin)
{
    return lin > 1e-10f ? 20 * log10((double)lin) : -200.0;    /* JSON has no -inf */
}

static void fmt_input(const struct stage *stage, const struct state_inputs *levels, unsigned input, struct strbuf *out)
{
    const struct state_input *level = &levels->input[input];
    const struct stage_take *take = &stage->take[input];
    struct record_take recorded;
    strbuf_addf(out, "%s{\"name\":\"%c\",\"wanted\":%s,\"peak_db\":%.2f,\"rms_db\":%.2f,\"over\":%u,\"state\":\"%s\"",
                input ? "," : "", 'A' + (int)input, level->wanted ? "true" : "false", to_db(level->peak_lin),
                to_db(level->rms_lin), level->over, take_words[take->state]);
    if (take->state == TAKE_ARMED || take->state == TAKE_ASKED)
        strbuf_addf(out, ",\"clip\":\"%d/%d/%d\"", take->tab + 1, take->row + 1, take->column + 1);
    if (record_get(stage, input, &recorded)) {
        char address[16];
        strbuf_adds(out, ",\"clip\":");
        text_fmt_json(out, recorded.slot < 0 ? "" : show_address(show_clip(stage->show, recorded.slot), address));
        strbuf_adds(out, ",\"file\":");
        text_fmt_json(out, recorded.file);
        strbuf_addf(out, ",\"first_frame\":%llu,\"frames\":%llu,\"elapsed_s\":%.3f", (unsigned long long)take->first,
                    (unsigned long long)recorded.frames, (double)recorded.frames / recorded.rate);
    }
    strbuf_addc(out, '}');
}

/* What could not be read is as it was last. */
static void take_levels(const struct stage *stage, struct state_inputs *levels, struct state_ltc *ltc)
{
    struct state_inputs levels_now;
    struct state_ltc ltc_now;
    if (seqlock_read(&stage->state->inputs_lock, &stage->state->inputs, &levels_now, sizeof levels_now))
        *levels = levels_now;
    if (seqlock_read(&stage->state->ltc_lock, &stage->state->ltc, &ltc_now, sizeof ltc_now))
        *ltc = ltc_now;
}

void record_fmt_json(const struct stage *stage, struct strbuf *out)
{
    const struct capture_status *status = &stage->capture_status;
    static struct state_inputs levels;
    static struct state_ltc ltc;
    take_levels(stage, &levels, &ltc);
    strbuf_adds(out, "\"inputs\":{\"name\":");
    text_fmt_json(out, stage->options.config.capture);
    strbuf_addf(out, ",\"state\":\"%s\",\"rate\":%u,\"channels\":%u,\"note\":",
                status->running ? "running" : stage->capture ? "silent" : "none", status->rate, status->channels);
    text_fmt_json(out, status->note);
    strbuf_addf(out, ",\"frame\":%llu,\"lost\":%llu,\"xruns\":%u,\"record\":[", (unsigned long long)levels.frame,
                (unsigned long long)levels.lost, levels.xruns);
    for (unsigned input = 0; input < INPUTS; input++)
        fmt_input(stage, &levels, input, out);
    strbuf_addf(out, "],\"ltc\":{\"wanted\":%s,\"present\":%s,\"peak_db\":%.2f,\"dropouts\":%u,\"frames\":%llu,\"lost\":%llu}}",
                ltc.wanted ? "true" : "false", ltc.present ? "true" : "false", to_db(ltc.peak_lin), ltc.dropouts,
                (unsigned long long)ltc.frames, (unsigned long long)ltc.lost);
}

static void add_db(struct strbuf *out, const char *name, float lin)
{
    if (lin > 1e-5f)
        strbuf_addf(out, " %s %.1f", name, to_db(lin));
    else
        strbuf_addf(out, " %s -inf", name);
}

void record_fmt_text(const struct stage *stage, struct strbuf *out)
{
    static const char *const names[] = {"A", "B"};
    struct state_inputs levels;
    struct state_ltc ltc;
    if (!stage->capture)
        return;
    take_levels(stage, &levels, &ltc);
    strbuf_adds(out, "  inputs");
    if (!stage->capture_status.running)
        strbuf_adds(out, " silent");
    for (int input = 0; stage->capture_status.running && input < INPUTS; input++)
        if (levels.input[input].wanted)
            add_db(out, names[input], levels.input[input].peak_lin);
    if (ltc.wanted)
        add_db(out, ltc.present ? "LTC" : "no LTC", ltc.peak_lin);
    if (ltc.dropouts)
        strbuf_addf(out, " (%u drop-outs)", ltc.dropouts);
}
