/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who gets a key: panic first, from everywhere; then a question that is asked; the `:` line; the
 * panel; and last the key table. Letters fire clips everywhere but on the `:` line.
 */
#include "config.h"

#include "command/command.h"
#include "screen/inside.h"

#include <stdlib.h>
#include <string.h>

static bool works_everywhere(const char *command)
{
    return strcmp(command, "panic") == 0 || strcmp(command, "emergency") == 0 || strcmp(command, "repaint") == 0;
}

static bool is_text(struct key key)
{
    return key.code < KEY_CODE_FIRST && !(key.mods & (KEY_CTRL | KEY_ALT));
}

/* Return: the key was the answer yes; otherwise the question is taken back and the key goes on. */
static bool answer(struct screen *screen, struct key key)
{
    char *line = screen->question.line;
    bool yes = key.mods == 0 && (key.code == 'y' || key.code == 'Y');
    bool no = key.code == 'n' || key.code == 'N' || key.code == KEY_CODE_ESC;
    screen->question.line = NULL;
    screen->question.text[0] = '\0';
    if (yes)
        screen_send(screen, line, true);
    free(line);
    return yes || no;
}

static bool takes_clips(const char *line, size_t verb)
{
    char name[32];
    if (verb >= sizeof name)
        return false;
    memcpy(name, line, verb);
    name[verb] = '\0';
    const struct command_row *row = command_find(name);
    if (!row || !row->arguments)
        return false;
    return strstr(row->arguments, "CLIP") || strstr(row->arguments, "TARGET") || row->arguments[0] == 'A';
}

static void add_clips(struct strbuf *out, const struct screen *screen)
{
    strbuf_adds(out, "@\n");
    for (int slot = 0; slot < STATE_CLIPS; slot++)
        if (screen->snapshot.cell[slot].used)
            strbuf_addf(out, "%s\n", screen->snapshot.cell[slot].id);
}

static void complete(struct screen *screen)
{
    struct prompt *prompt = &screen->prompt;
    struct strbuf out = {0};
    char line[PROMPT_BYTES];
    memcpy(line, prompt->text, prompt->at);
    line[prompt->at] = '\0';
    size_t start = strspn(line, " "), verb = strcspn(line + start, " ");
    command_complete(NULL, line, &out);
    if (out.len && out.s[out.len - 1] != '\n')
        strbuf_addc(&out, '\n');
    if (prompt_word_start(prompt) <= start)
        screen_add_verbs(&out);
    else if (takes_clips(line + start, verb))
        add_clips(&out, screen);
    prompt_complete(prompt, out.s ? out.s : "");
    strbuf_clear(&out);
}

static void type_key(struct screen *screen, struct key key)
{
    if (key.code == KEY_CODE_TAB && !key.mods)
        complete(screen);
    else if (key.code == KEY_CODE_PASTE)
        prompt_insert(&screen->prompt, input_pasted(&screen->input));
    else if (prompt_key(&screen->prompt, key) == PROMPT_DONE)
        screen_do(screen, screen->prompt.text, true);
}

void screen_handle_key(struct screen *screen, struct key key)
{
    const char *command = keys_command(&screen->keys, key);
    screen->dirty = true;
    if (command && works_everywhere(command) && !(screen->prompt.open && is_text(key))) {
        screen_do(screen, command, false);
        return;
    }
    if (screen->question.text[0] && answer(screen, key))
        return;
    if (screen->prompt.open)
        type_key(screen, key);
    else if (key.code == KEY_CODE_PASTE)
        notices_say(&screen->notices, false, "pasted text fires nothing; it can be pasted after :");
    else if (screen->panel.open && panel_key(&screen->panel, key))
        return;
    else if (command)
        screen_do(screen, command, false);
}
