/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Processor time of a voice-minute, from files to a mix: 24 stereo voices of 60 s, half at 44.1 kHz
 * and half at 48, of each half one half 16-bit and one half 24-bit, into one stereo mix at 48 kHz.
 * Contestants take turns; the median of five rounds counts. Whole programs are measured with all
 * they start: `clipgrid render` (loads everything first, then writes ten channels of float) and, if
 * there is one, sox, which rates each voice, or sums those at 44.1 kHz and rates the sum. In this
 * process, over the same media in clip memory: the engine alone, and the floor (floor.h).
 */
#include "config.h"

#include "bench.h"
#include "floor.h"
#include "made_show.h"
#include "running.h"

#include "base/strbuf.h"
#include "base/xalloc.h"
#include "clipmem/clipmem.h"
#include "engine/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { ROUNDS = 5, RATE = 48000, PERIOD = 64, FRAMES = MADE_SECONDS * RATE };

static struct clipmem *memory;
static struct clipmem_view view[MADE_VOICES];
static float bus[2 * PERIOD];
static volatile float sink;             /* keeps the bus alive */

/* --- programs --- */

static double children_cpu_s(void)
{
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/* Return: processor seconds of a command and all it waits for; negative if it fails. */
static double command_cpu_s(const char *command)
{
    double before = children_cpu_s();
    fflush(stdout);
    return system(command) == 0 ? children_cpu_s() - before : -1;
}

static char *render_command(const struct made_show *show)
{
    return xasprintf("'%s' render %s --commands %s/script --seconds %d --out %s/out.wav", running_program(), show->session,
                     show->folder, MADE_SECONDS, show->folder);
}

/* before, after: what stands around the name of each file. */
static void add_files(struct strbuf *command, const struct made_show *show, int first, int end, const char *before,
                      const char *after)
{
    for (int i = first; i < end; i++)
        strbuf_addf(command, " -v 0.3 %s%s/media/v%d.wav%s", before, show->folder, i + 1, after);
}

static char *sox_each_command(const struct made_show *show)
{
    struct strbuf command = {0};
    strbuf_adds(&command, "sox -V1 -D -m");
    add_files(&command, show, 0, MADE_VOICES / 2, "'|sox -V1 -D ", " -t sox -e float -b 32 - rate 48000'");
    add_files(&command, show, MADE_VOICES / 2, MADE_VOICES, "", "");
    strbuf_adds(&command, " -t raw -e float -b 32 /dev/null");
    return strbuf_take(&command);
}

static char *sox_sum_command(const struct made_show *show)
{
    struct strbuf command = {0};
    strbuf_adds(&command, "sox -V1 -D -m -v 1 '|sox -V1 -D -m");
    add_files(&command, show, 0, MADE_VOICES / 2, "", "");
    strbuf_adds(&command, " -t sox -e float -b 32 - rate 48000'");
    add_files(&command, show, MADE_VOICES / 2, MADE_VOICES, "", "");
    strbuf_adds(&command, " -t raw -e float -b 32 /dev/null");
    return strbuf_take(&command);
}

/* --- in this process --- */

static void fill_block(void *block, enum clipmem_format format, uint32_t frames, uint32_t seed)
{
    for (uint32_t i = 0; i < 2 * frames; i++) {
        seed = seed * 1664525 + 1013904223;
        if (format == CLIPMEM_S16)
            ((int16_t *)block)[i] = (int16_t)(seed >> 19);
        else
            ((float *)block)[i] = (float)(int16_t)(seed >> 19) / 32768;
    }
}

/* As the loader leaves it: what is 16-bit stays so, all else has become float; each in its own rate, for 60 s of the mix at
 * least. */
static void fill_memory(void)
{
    int fd = clipmem_create((uint64_t)MADE_VOICES * FRAMES * 2 * sizeof(float) + MADE_VOICES * (uint64_t)CLIPMEM_BLOCK_BYTES);
    memory = fd < 0 ? NULL : clipmem_map(fd, true);
    if (!memory) {
        perror("bench: clip memory");
        exit(1);
    }
    close(fd);
    for (uint32_t slot = 0; slot < MADE_VOICES; slot++) {
        struct made_voice voice = made_voice((int)slot);
        enum clipmem_format format = voice.bits == 16 ? CLIPMEM_S16 : CLIPMEM_F32;
        if (clipmem_prepare(memory, slot, format, 2, (uint32_t)voice.rate, (uint32_t)voice.rate, FRAMES, FRAMES) < 0)
            exit(1);
        uint32_t frames = clipmem_block_frames(format, 2);
        for (uint32_t block = 0; (int64_t)block * frames < FRAMES; block++) {
            fill_block(clipmem_take(memory, slot, block), format, frames, slot + block);
            clipmem_publish(memory, slot, block);
        }
        clipmem_set_state(memory, slot, CLIPMEM_READY);
        if (!clipmem_view_rt(memory, slot, &view[slot]))
            exit(1);
    }
}

static void start_voices(struct engine *engine)
{
    for (uint16_t clip = 0; clip < MADE_VOICES; clip++) {
        struct clip_params *params = xcalloc(1, sizeof *params);
        *params = (struct clip_params){.medium = clip, .out_frames = -1, .gain_lin = 0.3f};
        engine_post(engine, &(struct op){.type = OP_CLIP, .clip = clip, .params = params});
        engine_post(engine, &(struct op){.type = OP_PRESS, .clip = clip});
    }
    engine_post(engine, &(struct op){.type = OP_FAMILIES, .clip = 3});
}

static double engine_cpu_s(void)
{
    struct engine_config config = {.rate = RATE, .memory = memory};
    struct engine *engine = engine_new(&config);
    struct engine_output output;
    start_voices(engine);
    double begin = bench_cpu_s();
    for (int64_t at = 0; at < FRAMES; at += PERIOD) {
        engine_process_rt(engine, PERIOD, &output);
        sink = output.bus[0][1];
    }
    double spent = bench_cpu_s() - begin;
    engine_free(engine);
    return spent;
}

static double floor_cpu_s(void)
{
    struct floor_ramp ramp = {.left = 0.3f, .right = 0.3f, .left_step = 1e-9f, .right_step = -1e-9f};
    double begin = bench_cpu_s();
    for (int64_t at = 0; at < FRAMES; at += PERIOD) {
        memset(bus, 0, sizeof bus);
        for (int voice = 0; voice < MADE_VOICES; voice++) {
            uint32_t count;
            const void *from = clipmem_read_rt(&view[voice], at, &count);   /* blocks hold whole periods */
            if (view[voice].format == CLIPMEM_S16)
                floor_mix_s16(bus, from, ramp, PERIOD);
            else
                floor_mix_f32(bus, from, ramp, PERIOD);
        }
        sink = bus[1];
    }
    return bench_cpu_s() - begin;
}

/* --- rounds --- */

enum contestant { RENDER, SOX_EACH, SOX_SUM, ENGINE, FLOOR, CONTESTANTS };
static const char *const names[CONTESTANTS] = {
    [RENDER] = "clipgrid render, the whole of it", [SOX_EACH] = "sox, each voice rated", [SOX_SUM] = "sox, summed, then rated",
    [ENGINE] = "the engine alone, media in memory", [FLOOR] = "floor (AVX2, fused, ramp accumulated)",
};

int main(void)
{
    static struct bench bench[CONTESTANTS];
    struct made_show show;
    made_folder(&show);
    running_isolate(&show);
    made_voices(&show);
    fill_memory();
    char *command[] = {[RENDER] = render_command(&show), [SOX_EACH] = sox_each_command(&show),
                       [SOX_SUM] = sox_sum_command(&show)};
    bool sox = system("command -v sox >/dev/null") == 0;
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < CONTESTANTS; i++) {
            if ((i == FLOOR && !floor_available()) || ((i == SOX_EACH || i == SOX_SUM) && !sox))
                continue;
            double spent = i == ENGINE ? engine_cpu_s() : i == FLOOR ? floor_cpu_s() : command_cpu_s(command[i]);
            if (spent >= 0)
                bench_add(&bench[i], spent / MADE_VOICES);
        }
    }
    bench_print_head("24 stereo voices, 60 s, half of them at 44.1 kHz", "cpu-s a voice-minute");
    for (int i = 0; i < CONTESTANTS; i++)
        if (bench[i].count)
            bench_print(&bench[i], names[i]);
    for (int i = RENDER; i <= SOX_SUM; i++)
        free(command[i]);
    clipmem_unmap(memory);
    made_remove(&show);
    return 0;
}
