/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The screen on a show that is not there: fake_state [-n VOICES] [-c CLIPS] [-a]
 * -n: that many clips play from the start; -a: ASCII. To look at it, and to count what it writes.
 */
#include "config.h"

#include "fake_show.h"
#include "screen/screen.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int voices = 0, clips = 60, option, pair[2];
    struct screen_options options = {.role = COMMAND_ROLE_EDIT, .colors = true};
    while ((option = getopt(argc, argv, "n:c:a")) != -1) {
        if (option == 'n')
            voices = atoi(optarg);
        else if (option == 'c')
            clips = atoi(optarg);
        else if (option == 'a')
            options.ascii = true;
        else
            return 2;
    }
    static struct fake_show fake;
    fake_show_open(&fake, clips);
    for (int i = 0; i < voices; i++)
        fake_show_press(&fake, i % 20 == 7 ? i + 40 : i, 0);
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        return 1;
    pid_t peer = fork();
    if (peer == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(pair[0]);
        signal(SIGHUP, SIG_IGN);
        fake_show_serve(&fake, pair[1]);
        _exit(0);
    }
    close(pair[1]);
    struct err err;
    struct screen *screen = screen_open(&options, &err);
    if (!screen) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    enum screen_end end = screen_run(screen, pair[0], state_map(fake.state_fd));
    screen_close(screen);
    printf("%s\n", end == SCREEN_LEFT ? "left" : "lost");
    return 0;
}
