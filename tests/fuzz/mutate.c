/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A main for fuzz targets where there is no libFuzzer: [COUNT [SEED]]. Each seed file, and each file of
 * a seed folder, is given whole, cut at every byte, and mutated COUNT times; the same SEED gives the same inputs. What
 * breaks a law, crashes, or takes more than a second of processor time ends the run; the input is
 * then in ./fuzz-input.
 */
#include "config.h"

#include "fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BYTES_MAX = 64 * 1024, COUNT = 10000 };

__attribute__((weak)) unsigned fuzz_costs = 1;

static uint64_t state = 1;

static size_t below(size_t n)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(state >> 33) % n;
}

static const uint8_t *input;            /* being tried */
static size_t input_bytes;

static void save_input(void)
{
    int fd = open("fuzz-input", O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (fd < 0 || write(fd, input, input_bytes) < 0 || close(fd) < 0)
        return;
}

static void handle_death(int number)
{
    save_input();
    signal(number, SIG_DFL);
    raise(number);
}

/* The target sees a copy of exactly this size, so that a sanitizer sees any byte read past it. */
static void try(const uint8_t *bytes, size_t count)
{
    uint8_t *exact = malloc(count ? count : 1);
    memcpy(exact, bytes, count);
    input = bytes;
    input_bytes = count;
    clock_t start = clock();
    LLVMFuzzerTestOneInput(exact, count);
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    free(exact);
    if (seconds < 1)
        return;
    save_input();
    fprintf(stderr, "%.1f s for %zu bytes; see fuzz-input\n", seconds, count);
    exit(1);
}

static size_t insert(uint8_t *bytes, size_t count, size_t at, const void *what, size_t length)
{
    if (count + length > BYTES_MAX)
        return count;
    memmove(bytes + at + length, bytes + at, count - at);
    memcpy(bytes + at, what, length);
    return count + length;
}

static size_t remove_some(uint8_t *bytes, size_t count, size_t at)
{
    size_t length = 1 + below(below(4) ? 8 : 400);
    if (length > count - at)
        length = count - at;
    memmove(bytes + at, bytes + at + length, count - at - length);
    return count - length;
}

static size_t repeat_some(uint8_t *bytes, size_t count, size_t at)
{
    uint8_t some[400];
    size_t length = 1 + below(sizeof some);
    if (length > count - at)
        length = count - at;
    memcpy(some, bytes + at, length);
    return insert(bytes, count, below(count), some, length);
}

static size_t mutate_once(uint8_t *bytes, size_t count)
{
    if (!count)
        return insert(bytes, 0, 0, "\n", 1);
    size_t at = below(count), words = 0;
    while (fuzz_words[words])
        words++;
    const char *word = fuzz_words[below(words)];
    switch (below(5)) {
    case 0: bytes[at] ^= (uint8_t)(1 << below(8)); return count;
    case 1: bytes[at] = (uint8_t)below(256); return count;
    case 2: return remove_some(bytes, count, at);
    case 3: return repeat_some(bytes, count, at);
    default: return insert(bytes, count, at, word, strlen(word));
    }
}

static size_t read_seed(const char *path, uint8_t *bytes)
{
    FILE *file = fopen(path, "r");
    size_t count = file ? fread(bytes, 1, BYTES_MAX, file) : 0;
    if (file)
        fclose(file);
    if (count)
        return count;
    fprintf(stderr, "%s: cannot be read\n", path);
    exit(1);
}

static int try_seed(const char *path, int count)
{
    static uint8_t seed[BYTES_MAX], bytes[BYTES_MAX];
    size_t length = read_seed(path, seed);
    for (size_t cut = 0; cut <= length; cut++)
        try(seed, cut);
    for (int k = 0; k < count; k++) {
        size_t now = length;
        memcpy(bytes, seed, length);
        for (size_t times = 1 + below(4); times; times--)
            now = mutate_once(bytes, now);
        try(bytes, now);
    }
    return (int)length + 1 + count;
}

static int is_visible(const struct dirent *file)
{
    return file->d_name[0] != '.';
}

/* The count is shared out among the files of a folder. */
static int try_folder(const char *name, int count)
{
    struct dirent **file;
    const char *top = getenv("TOP");
    char folder[2048];
    snprintf(folder, sizeof folder, "%s/%s", top ? top : ".", name);
    int files = scandir(folder, &file, is_visible, alphasort), inputs = 0;
    if (files <= 0)
        return try_seed(folder, count);
    for (int i = 0; i < files; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, file[i]->d_name);
        inputs += try_seed(path, count / files);
        free(file[i]);
    }
    free(file);
    return inputs;
}

int main(int argc, char **argv)
{
    int count = argc > 1 ? atoi(argv[1]) : COUNT / (int)fuzz_costs, inputs = 0;
    state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    signal(SIGABRT, handle_death);
    signal(SIGSEGV, handle_death);
    for (int i = 0; fuzz_seeds[i]; i++)
        inputs += try_folder(fuzz_seeds[i], count);
    printf("%d inputs\n", inputs);
    return 0;
}
