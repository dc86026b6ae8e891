/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How an engine begins. Every engine first stands by: executed, linked, with ALSA's configuration
 * read and its memory locked, it waits on its socket until the supervisor says that it is the show's (MSG_GO). The show's first
 * one then waits for the document and opens the device as that says; one that takes another's place
 * sounds first, from the resume state (process/takeover.h), answers clients (process/interim.h), and
 * reads the document when the store brings it. Thread: main.
 */
#ifndef PROCESS_ENGINE_BEGIN_H
#define PROCESS_ENGINE_BEGIN_H

#include "process/stage.h"

/* Waits for MSG_GO. *listener: the control socket, for the server. Return: 0; -1 with err; 1: not needed any more, with nothing
 * to say. */
int engine_begin_await(struct stage *stage, int *listener, struct err *err);
/* Makes stage->engine, opens the sound, and makes stage->server, which hands lines to `line`. The show's first engine has its
 * document then, another one (stage->interim) has not. Return: 0, or -1 with err. */
int engine_begin_show(struct stage *stage, int listener, server_line *line, struct err *err);

/* --- in the interim --- */
void engine_begin_meet(struct stage *stage, int store);         /* asks this store for the document; the socket is the outbox's */
void engine_begin_act(struct stage *stage);                     /* before an operation: what the engine before owes comes first */
/* A MSG_SHOW. Return: whether the document is there, and the interim over. */
bool engine_begin_document(struct stage *stage, struct msg *msg);

/* The device is another one, or was opened with other choices: the next engine begins with these. channels: as asked for. */
void engine_begin_tell(const struct stage *stage, uint32_t channels);
/* To a supervisor that is another one now: what it needs to start the next engine. */
void engine_begin_tell_again(const struct stage *stage);

#endif
