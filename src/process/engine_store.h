/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The engine's side of the store: what the stage asks of it, and what it says. The store may die
 * at any time, and the show plays on: what was asked then is answered as lost, and the next store
 * is told everything anew. Thread: main.
 */
#ifndef PROCESS_ENGINE_STORE_H
#define PROCESS_ENGINE_STORE_H

#include "process/stage.h"

void engine_store_hooks(struct stage *stage);       /* stage->want and so on go to it */
void engine_store_handle(struct stage *stage, struct msg *msg);
void engine_store_lose(struct stage *stage);        /* nobody waits for what it would have answered */
void engine_store_greet(struct stage *stage);       /* Pre: joined */

/* From a MSG_SHOW: the document in flat form, a form feed, and the journal's lines, which are run over it. *unsaved: edits of
 * the lines that are in no file. Return: NULL with err. */
struct show *engine_store_read(struct stage *stage, const struct msg *msg, int *unsaved, struct err *err);
/* What came back from the journal, said once: an engine that was started again in a running show has nothing to say. */
void engine_store_tell_unsaved(struct stage *stage, int unsaved);

#endif
