/* An Euler step, of a network or of a mean field, as one would write it by hand, for one machine and nothing else: flat
 * arrays, a table of (cos, sin) pairs, sine and cosine by polynomials that the compiler vectorises,
 * links of large networks fetched ahead of their use, arithmetic in any order that is fast.
 *
 * Reads from standard input: agents and links (u64; none for a mean field), offsets and columns (u32), phases and
 * frequencies (f64); then numbers of steps (u64), each answered by one byte when they are taken.
 * Zero steps end it: the phases are written out.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LINKS_AHEAD = 256, FAR_TABLE = 1 << 18 };
static const double STRENGTH = 1.0, DT = 0.01;

static uint64_t agents, links;
static uint32_t *offsets, *columns;
static double *phases, *frequencies, *gains;
typedef struct { double cos, sin; } pair;
static pair *pairs;

/* Cody and Waite's reduction and fdlibm's minimax polynomials. */
static void publish(void) {
    for (uint64_t i = 0; i < agents; i++) {
        double angle = phases[i];
        double quarter = rint(angle * M_2_PI);
        double r = (angle - quarter * 1.5707963267341256) - quarter * 6.077100506506192e-11;
        double z = r * r;
        double s = r + r * z * (-1.66666666666666324348e-1 + z * (8.33333333332248946124e-3 + z * (-1.98412698298579493134e-4
            + z * (2.75573137070700676789e-6 + z * (-2.50507602534068634195e-8 + z * 1.58969099521155010221e-10)))));
        double c = 1.0 - 0.5 * z + z * z * (4.16666666666666019037e-2 + z * (-1.38888888888741095749e-3 + z * (2.48015872894767294178e-5
            + z * (-2.75573143513906633035e-7 + z * (2.08757232129817482790e-9 + z * -1.13596475577881948265e-11)))));
        int64_t quadrant = (int64_t)quarter;
        double sine = quadrant & 1 ? c : s, cosine = quadrant & 1 ? s : c;
        pairs[i].sin = quadrant & 2 ? -sine : sine;
        pairs[i].cos = (quadrant + 1) & 2 ? -cosine : cosine;
    }
}

static void move_by_mean(void) {
    double mean_cos = 0, mean_sin = 0;
    for (uint64_t i = 0; i < agents; i++) mean_cos += pairs[i].cos, mean_sin += pairs[i].sin;
    mean_cos /= agents, mean_sin /= agents;
    for (uint64_t i = 0; i < agents; i++) {
        double pull = mean_sin * pairs[i].cos - mean_cos * pairs[i].sin;
        double phase = phases[i] + DT * (frequencies[i] + STRENGTH * pull);
        phases[i] = phase - (2 * M_PI) * floor(phase * (0.5 * M_1_PI));
    }
}

static void move_by_links(void) {
    const int far = agents >= FAR_TABLE;
    for (uint64_t i = 0; i < agents; i++) {
        uint32_t link = offsets[i], end = offsets[i + 1];
        if (far) {
            for (uint64_t ahead = link; ahead < end && ahead + LINKS_AHEAD < links; ahead++)
                __builtin_prefetch(&pairs[columns[ahead + LINKS_AHEAD]]);
        }
        double even_cos = 0, even_sin = 0, odd_cos = 0, odd_sin = 0;
        for (; link + 1 < end; link += 2) {
            pair a = pairs[columns[link]], b = pairs[columns[link + 1]];
            even_cos += a.cos, even_sin += a.sin, odd_cos += b.cos, odd_sin += b.sin;
        }
        if (link < end) even_cos += pairs[columns[link]].cos, even_sin += pairs[columns[link]].sin;
        double pull = (even_sin + odd_sin) * pairs[i].cos - (even_cos + odd_cos) * pairs[i].sin;
        double phase = phases[i] + DT * (frequencies[i] + gains[i] * pull);
        phases[i] = phase - (2 * M_PI) * floor(phase * (0.5 * M_1_PI));
    }
}

static void *column(uint64_t count, size_t size, int filled) {
    void *values = aligned_alloc(64, (count * size + 63) / 64 * 64 + 64);
    if (!values || (filled && fread(values, size, count, stdin) != count)) exit(1);
    return values;
}

int main(void) {
    if (fread(&agents, 8, 1, stdin) != 1 || fread(&links, 8, 1, stdin) != 1) return 1;
    offsets = column(agents + 1, 4, 1);
    columns = column(links, 4, 1);
    phases = column(agents, 8, 1);
    frequencies = column(agents, 8, 1);
    pairs = column(agents, sizeof(pair), 0);
    gains = column(agents, 8, 0);
    for (uint64_t i = 0; i < agents; i++) {
        uint32_t degree = offsets[i + 1] - offsets[i];
        gains[i] = STRENGTH / (degree ? degree : 1);
    }
    uint64_t steps;
    while (fread(&steps, 8, 1, stdin) == 1 && steps) {
        for (; steps; steps--) {
            publish();
            if (links) move_by_links();
            else move_by_mean();
        }
        if (write(1, "", 1) != 1) return 1;
    }
    return fwrite(phases, 8, agents, stdout) != agents;
}
