/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parameters of clips in the resume state, by value, in numbered blocks (resume_layout.h). Main thread. */
#ifndef ENGINE_RESUME_BLOCKS_H
#define ENGINE_RESUME_BLOCKS_H

#include "engine/resume_layout.h"

/* Return: the block that has them now; 0: there is none to be had. */
uint32_t resume_write_block(struct resume *resume, uint16_t clip, const struct clip_params *params);
/* The audio thread has given these parameters back. block 0: nothing. */
void resume_give_block(struct resume *resume, uint32_t block);
/* All blocks but those used (a flag each; NULL: none) may be written. */
void resume_count_blocks(struct resume *resume, const bool *used);
uint64_t resume_block_sum(const struct resume_block *block);
/* New parameters as they stand in a block, every number checked; malloc, one allocation. Return: NULL: it is not one of this
 * clip, or makes no sense. */
struct clip_params *resume_read_block(const struct resume *resume, uint32_t number, uint16_t clip);

#endif
