// A firefly's light on its square: a small bright middle in a wide faint halo. It is added to what is there already.

struct Glow {
    // From −1 to 1 across the square.
    @location(2) place: vec2<f32>,
    @location(4) colour: vec4<f32>,
}

@fragment
fn fragment(glow: Glow) -> @location(0) vec4<f32> {
    let inside = max(1.0 - dot(glow.place, glow.place), 0.0);
    // Powers of a parabola: bells that end at the border of the square.
    let square = inside * inside;
    let fourth = square * square;
    let eighth = fourth * fourth;
    return vec4<f32>(glow.colour.rgb * (eighth * eighth + 0.06 * square), 0.0);
}
