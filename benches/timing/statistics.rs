//! Whether two samples of times can be told apart, and how much they would have had to differ for that.

use aws_lc_rs::rand;

/// Beyond this, a t is no accident: the bound that is usual where timing is tested for leaks (Reparaz, Balasch,
/// Verbauwhede: "Dude, is my code constant time?", 2017).
const BOUND: f64 = 4.5;
/// The quantile of the normal distribution for an interval of 99 %.
const INTERVAL: f64 = 2.576;
/// Which part of all times is kept where the slowest are cut off: what an interrupted request adds says
/// nothing of the request. A difference may show at one place more than at another, so several are tried.
const CUTS: [f64; 5] = [1.0, 0.95, 0.9, 0.75, 0.5];
/// How much of a sample its trimmed mean is of: what is slower is mostly the machine.
const KEPT: f64 = 0.5;

/// One sample, in a few numbers.
pub struct Summary {
    pub median: f64,
    /// The mean of the faster half.
    pub trimmed_mean: f64,
    /// Its standard error.
    error: f64,
}

impl Summary {
    pub fn of(sample: &[f64]) -> Self {
        let sorted = sorted(sample);
        let bound = quantile(&sorted, KEPT);
        let kept = Moments::below(bound, sample);
        // Yuen's: what was cut off counts as if it were at the bound.
        let held: Vec<f64> = sample.iter().map(|x| x.min(bound)).collect();
        let held = Moments::below(bound, &held);
        let squared = (held.count - 1.0) * held.variance / (kept.count * (kept.count - 1.0));
        Self {
            median: quantile(&sorted, 0.5),
            trimmed_mean: kept.mean,
            error: squared.sqrt(),
        }
    }
}

/// Two samples, held against each other.
pub struct Comparison {
    /// By how much the trimmed mean of the second is greater.
    pub difference: f64,
    /// The half of its interval of confidence (99 %).
    pub margin: f64,
    /// The largest of Welch's t over all cuts, with its sign.
    pub t: f64,
    /// The z of Mann and Whitney's U, with the same meaning of its sign.
    pub z: f64,
    /// The smallest difference of the trimmed means that would have been told apart.
    pub smallest_shown: f64,
}

impl Comparison {
    pub fn of(first: &[f64], second: &[f64]) -> Self {
        let all = sorted(&[first, second].concat());
        // Both are cut at the same time, not at the same rank, or a difference among the slow would be hidden.
        let moments = |cut| {
            let bound = quantile(&all, cut);
            (Moments::below(bound, first), Moments::below(bound, second))
        };
        let t = CUTS.map(|cut| {
            let (first, second) = moments(cut);
            first.welch(&second)
        });
        let (cut_first, cut_second) = (Summary::of(first), Summary::of(second));
        let error = cut_first.error.hypot(cut_second.error);
        Self {
            difference: cut_second.trimmed_mean - cut_first.trimmed_mean,
            margin: INTERVAL * error,
            t: largest(t),
            z: mann_whitney(first, second),
            smallest_shown: BOUND * error,
        }
    }

    pub fn is_told_apart(&self) -> bool {
        self.t.abs() > BOUND || self.z.abs() > BOUND
    }
}

/// Number, mean and variance.
struct Moments {
    count: f64,
    mean: f64,
    variance: f64,
}

impl Moments {
    fn below(bound: f64, sample: &[f64]) -> Self {
        let kept: Vec<f64> = sample.iter().copied().filter(|x| *x <= bound).collect();
        let count = count(kept.len());
        let mean = kept.iter().sum::<f64>() / count;
        let squares: f64 = kept.iter().map(|x| (x - mean).powi(2)).sum();
        Self {
            count,
            mean,
            variance: squares / (count - 1.0),
        }
    }

    fn error_of_difference(&self, other: &Self) -> f64 {
        (self.variance / self.count + other.variance / other.count).sqrt()
    }

    fn welch(&self, other: &Self) -> f64 {
        (other.mean - self.mean) / self.error_of_difference(other)
    }
}

/// How far the sum of ranks is from what it would be by accident, in standard deviations. Times are so fine that
/// ties do not matter.
fn mann_whitney(first: &[f64], second: &[f64]) -> f64 {
    let first_ones = first.iter().map(|x| (*x, false));
    let second_ones = second.iter().map(|x| (*x, true));
    let mut all: Vec<(f64, bool)> = first_ones.chain(second_ones).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let ranks: f64 = (1..)
        .zip(&all)
        .filter(|(_, (_, is_second))| *is_second)
        .map(|(rank, _)| count(rank))
        .sum();
    let (n, m) = (count(first.len()), count(second.len()));
    let u = ranks - m * (m + 1.0) / 2.0;
    (u - n * m / 2.0) / (n * m * (n + m + 1.0) / 12.0).sqrt()
}

fn largest(values: [f64; CUTS.len()]) -> f64 {
    let finite = values.into_iter().filter(|value| value.is_finite());
    finite.fold(0.0, |a, b| if b.abs() > a.abs() { b } else { a })
}

fn sorted(sample: &[f64]) -> Vec<f64> {
    let mut sorted = sample.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The value that this part of the sorted values does not exceed.
fn quantile(sorted: &[f64], part: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank is small and positive"
    )]
    let rank = (count(sorted.len()) * part).ceil() as usize;
    sorted[rank.clamp(1, sorted.len()) - 1]
}

#[expect(clippy::cast_precision_loss, reason = "no sample is that large")]
fn count(number: usize) -> f64 {
    number as f64
}

/// Puts the values into a random order (Fisher and Yates).
pub fn shuffle(values: &mut [usize]) {
    let mut random = vec![0; values.len()];
    rand::fill(&mut random).unwrap();
    for last in (1..values.len()).rev() {
        // Of so few values none is noticeably favoured.
        values.swap(last, usize::from(random[last]) % (last + 1));
    }
}
