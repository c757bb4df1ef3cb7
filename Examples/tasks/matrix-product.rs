//! Multiplies two square matrices, and prints a checksum of the product.
//!
//!   matrix-product.wasm [size] [seed]

/// Numbers between 0 and 1 that a seed repeats.
fn matrix(size: usize, mut state: u64) -> Vec<f32> {
    (0..size * size)
        .map(|_| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 40) as f32 / (1u64 << 24) as f32
        })
        .collect()
}

/// Row by row, so that the inner loop walks through memory and fills vectors.
fn product(left: &[f32], right: &[f32], size: usize) -> Vec<f32> {
    let mut result = vec![0.0; size * size];
    for (row, out) in left.chunks(size).zip(result.chunks_mut(size)) {
        for (&factor, other) in row.iter().zip(right.chunks(size)) {
            for (sum, &value) in out.iter_mut().zip(other) {
                *sum += factor * value;
            }
        }
    }
    result
}

fn main() {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<u64>().expect("a number"));
    let size = numbers.next().unwrap_or(256) as usize;
    let seed = numbers.next().unwrap_or(1);
    let result = product(&matrix(size, seed), &matrix(size, seed + 1), size);
    let trace: f64 = (0..size).map(|place| result[place * size + place] as f64).sum();
    let sum: f64 = result.iter().map(|&value| value as f64).sum();
    println!("{} x {}: trace {:.3}, sum {:.1}", size, size, trace, sum);
}
