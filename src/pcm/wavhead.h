/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The head of a WAV file, as bytes: everything before the first sample. It has the same length
 * whatever the file's size, so that it can be written again in place as the file grows; past
 * 4 GB its reserved chunk becomes the `ds64` of RF64 (EBU Tech 3306). That length lets no sample of two or four
 * bytes lie across the edge of a page, where the kernel may stop writing for a process that is killed. Pure.
 */
#ifndef PCM_WAVHEAD_H
#define PCM_WAVHEAD_H

#include "pcm/output.h"

#include <stdint.h>

enum { WAVHEAD_BYTES = 128 };

struct wavhead {
    enum output_format format;          /* OUTPUT_S16, OUTPUT_S24_3, OUTPUT_S32 or OUTPUT_F32 */
    unsigned channels;
    uint32_t rate;                      /* Hz */
};

uint32_t wavhead_frame_bytes(const struct wavhead *head);
/* The head of a file that holds data_bytes of samples: plain PCM or float with any number
 * of channels, which more readers take than WAVE_FORMAT_EXTENSIBLE. Return: its length, WAVHEAD_BYTES; an odd
 * data_bytes is to be followed by one zero byte. */
uint32_t wavhead_fmt(unsigned char out[WAVHEAD_BYTES], const struct wavhead *head, uint64_t data_bytes);

#endif
