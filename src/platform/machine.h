/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What this machine has, and what this user may do on it. Any thread but the audio thread. */
#ifndef PLATFORM_MACHINE_H
#define PLATFORM_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int machine_cores(void);                        /* this process may run on; at least 1 */
uint64_t machine_memory_bytes(void);
/* Clip memory: budget_mb, or with 0 a quarter of the machine's memory and at most 1 GiB (SPEC, media tiers). */
uint64_t machine_clip_memory_bytes(unsigned budget_mb);

/* How soon this process is to die when memory is out: -1000 (never) to 1000 (first). Below what it was started with takes root;
 * refused, it stays as it is. */
void machine_offer_to_oom(int score);

/* Things that would stop a show (SPEC S1), each as one sentence with what mends it. Return: false if all is well. */
bool machine_lacks_realtime(char *why, size_t size);
bool machine_lacks_memlock(char *why, size_t size);             /* samples may be paged out */
bool machine_lacks_descriptors(char *why, size_t size);          /* so few files may be open that a show cannot start */
bool machine_lacks_audio_group(char *why, size_t size);         /* device files of ALSA are there and not ours to open */
bool machine_kills_at_logout(char *why, size_t size);           /* logind ends what a user left running */
bool machine_sleeps_deeply(char *why, size_t size);             /* its processors may not be kept from it (platform/awake.h) */
bool machine_lacks_time(char *why, size_t size);                /* nothing sets its clock: cues by the time of day will drift */

#endif
