/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows made for one test and rendered by the real program: see golden.h. */
#include "config.h"

#include "golden.h"

#include "base/xalloc.h"
#include "process/wavfile.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <sndfile.h>

static float one(int64_t frame, unsigned channel)
{
    (void)frame;
    (void)channel;
    return 1;
}

int golden_setup(void **state)
{
    struct golden *golden = xcalloc(1, sizeof *golden);
    strcpy(golden->folder, "/tmp/clipgrid-golden-XXXXXX");
    if (!mkdtemp(golden->folder))
        return -1;
    char *media = xasprintf("%s/media", golden->folder);
    int failed = mkdir(media, 0777);
    free(media);
    *state = golden;
    if (!failed)
        golden_media(golden, "one.wav", 2, GOLDEN_RATE, OUTPUT_F32, GOLDEN_RATE, one);
    return failed;
}

static void forget_render(struct golden *golden)
{
    free(golden->samples);
    free(golden->refusals);
    golden->samples = NULL;
    golden->refusals = NULL;
    golden->frames = 0;
}

int golden_teardown(void **state)
{
    struct golden *golden = *state;
    char *command = xasprintf("rm -rf '%s'", golden->folder);
    int failed = system(command);
    free(command);
    forget_render(golden);
    for (int i = 0; i < 4; i++)
        strbuf_clear(&golden->groups[i]);
    strbuf_clear(&golden->clips);
    strbuf_clear(&golden->script);
    free(golden);
    return failed;
}

void golden_media(struct golden *golden, const char *file, unsigned channels, uint32_t rate, enum output_format format,
                  int64_t frames, golden_sample *sample)
{
    struct err err;
    char *path = xasprintf("%s/media/%s", golden->folder, file);
    struct wavfile *wav = wavfile_open(path, channels, rate, format, &err);
    free(path);
    assert_non_null(wav);
    float *values = xcalloc((size_t)frames * channels, sizeof *values);
    unsigned char *bytes = xcalloc((size_t)frames * channels, 4);
    for (int64_t i = 0; i < frames; i++)
        for (unsigned c = 0; c < channels; c++)
            values[i * channels + c] = sample(i, c);
    output_convert_rt(bytes, values, format, channels, (uint32_t)frames, 0, false);
    assert_int_equal(wavfile_write(wav, bytes, (uint64_t)frames, &err), 0);
    free(values);
    free(bytes);
    assert_int_equal(wavfile_close(wav, &err), 0);
}

float golden_noise(int64_t frame, unsigned channel)
{
    uint32_t x = (uint32_t)(frame * 2 + channel) * 2654435761u + 12345;
    x ^= x >> 15;
    x *= 2246822519u;
    int value = frame == 1000 ? 32767 : frame == 1001 ? -32768 : (int)(x >> 16) - 32768;     /* the extremes among them */
    return (float)value / 32768;
}

void golden_clip(struct golden *golden, const char *id, const char *file, const char *more)
{
    int place = golden->clip_count++;
    strbuf_addf(&golden->clips, "%s{ row = %d; column = %d; id = \"%s\"; file = \"%s\"; %s }", place ? ",\n" : "",
                place / 10 + 1, place % 10 + 1, id, file, more);
}

void golden_group(struct golden *golden, char letter, const char *properties)
{
    strbuf_adds(&golden->groups[letter - 'A'], properties);
}

void golden_at(struct golden *golden, int64_t frame, const char *command, ...)
{
    char line[512];
    va_list args;
    va_start(args, command);
    vsnprintf(line, sizeof line, command, args);
    va_end(args);
    strbuf_addf(&golden->script, "%lldf %s\n", (long long)frame, line);
}

void golden_forget_script(struct golden *golden)
{
    strbuf_reset(&golden->script);
}

static void write_text(const struct golden *golden, const char *file, const char *text)
{
    char *path = xasprintf("%s/%s", golden->folder, file);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
    free(path);
}

static void write_session(const struct golden *golden)
{
    struct strbuf text = {0};
    strbuf_adds(&text, "format = \"ORP2026A\";\ngroups = (");
    for (int i = 0; i < 4; i++)
        strbuf_addf(&text, "%s { %s }", i ? "," : "", golden->groups[i].s ? golden->groups[i].s : "");
    strbuf_addf(&text, " );\ntabs = ( { clips = (\n%s\n); } );\n", golden->clips.s ? golden->clips.s : "");
    write_text(golden, "show.orp", text.s);
    write_text(golden, "script", golden->script.s ? golden->script.s : "");
    strbuf_clear(&text);
}

static char *read_text(const struct golden *golden, const char *file)
{
    struct strbuf text = {0};
    char *path = xasprintf("%s/%s", golden->folder, file), piece[4096];
    FILE *in = fopen(path, "r");
    assert_non_null(in);
    for (size_t got; (got = fread(piece, 1, sizeof piece, in)) > 0;)
        strbuf_add(&text, piece, got);
    fclose(in);
    free(path);
    return strbuf_take(&text);
}

static void read_samples(struct golden *golden, int rate)
{
    SF_INFO info = { 0 };
    char *path = xasprintf("%s/out.wav", golden->folder);
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    free(path);
    assert_non_null(file);
    assert_int_equal(info.channels, GOLDEN_CHANNELS);
    assert_int_equal(info.samplerate, rate);
    golden->frames = info.frames;
    golden->samples = xcalloc((size_t)info.frames * GOLDEN_CHANNELS + 1, sizeof(float));
    assert_int_equal(sf_readf_float(file, golden->samples, info.frames), info.frames);
    sf_close(file);
}

/* Return: the exit status. What was said before is forgotten, and so is an output that was there. */
static int run_render(struct golden *golden, const char *options)
{
    const char *clipgrid = getenv("CLIPGRID"), *in = golden->folder;
    assert_non_null(clipgrid);
    forget_render(golden);
    write_session(golden);
    char *command = xasprintf("rm -f %s/out.wav && XDG_CONFIG_HOME=%s '%s' render %s/show.orp --commands %s/script "
                              "--out %s/out.wav %s 2>%s/err </dev/null", in, in, clipgrid, in, in, in, options, in);
    int status = system(command);
    free(command);
    golden->refusals = read_text(golden, "err");
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void golden_render(struct golden *golden, const char *options)
{
    int status = run_render(golden, options);
    if (status != 0)
        fail_msg("render ended with status %d: %s", status, golden->refusals);
    const char *rate = strstr(options, "--rate ");
    read_samples(golden, rate ? atoi(rate + strlen("--rate ")) : GOLDEN_RATE);
}

void golden_render_refused(struct golden *golden, const char *options)
{
    assert_int_equal(run_render(golden, options), 1);
    assert_int_equal(golden_refusals(golden), 1);
    char *path = xasprintf("%s/out.wav", golden->folder);
    assert_int_equal(access(path, F_OK), -1);
    free(path);
}

float golden_sample_at(const struct golden *golden, int64_t frame, unsigned channel)
{
    if (frame >= golden->frames)
        return 0;
    return golden->samples[frame * GOLDEN_CHANNELS + channel];
}

int golden_refusals(const struct golden *golden)
{
    int lines = 0;
    for (const char *at = golden->refusals; *at; at++)
        lines += *at == '\n';
    return lines;
}

void golden_near(int64_t frame, double got, double wanted, double tolerance)
{
    if (!(fabs(got - wanted) <= tolerance))
        fail_msg("frame %lld: %.9g, not %.9g", (long long)frame, got, wanted);
}

void golden_hears(const struct golden *golden, int64_t frame, unsigned channel, double wanted, double tolerance)
{
    golden_near(frame, golden_sample_at(golden, frame, channel), wanted, tolerance);
}

void golden_silent(const struct golden *golden, int64_t from, int64_t to, unsigned channel)
{
    for (int64_t i = from; i < (to < 0 ? golden->frames : to); i++)
        golden_hears(golden, i, channel, 0, 0);
}
