//! Keeping the best of many while they are looked through once.

/// The numbers of highest score, at most so many; of equal ones those that came first.
#[derive(Debug)]
pub(super) struct Best {
    most: usize,
    held: Vec<(f32, u32)>,
    /// What a score must be above to be among them; never too high.
    above: f32,
}

impl Best {
    /// The best `most` of the scores that are greater than `above`.
    pub fn new(most: usize, above: f32) -> Self {
        Self { most, held: Vec::new(), above }
    }

    /// Whether a score may be among the best.
    #[inline]
    pub fn wants(&self, score: f32) -> bool {
        score > self.above
    }

    /// Takes in a wanted score; numbers come in ascending order.
    pub fn add(&mut self, score: f32, number: u32) {
        self.held.push((score, number));
        if self.held.len() >= self.most.saturating_mul(2) {
            self.cut();
        }
    }

    fn cut(&mut self) {
        if self.held.len() > self.most && self.most > 0 {
            let (_, last, _) = self.held.select_nth_unstable_by(self.most - 1, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            self.above = last.0;
        }
        self.held.truncate(self.most);
    }

    /// The best, in no order.
    pub fn all(mut self) -> Vec<(f32, u32)> {
        self.cut();
        self.held
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(scores: &[f32], most: usize) -> Vec<u32> {
        let mut best = Best::new(most, 0.0);
        for (number, score) in (0..).zip(scores) {
            if best.wants(*score) {
                best.add(*score, number);
            }
        }
        let mut numbers: Vec<u32> = best.all().into_iter().map(|(_, number)| number).collect();
        numbers.sort_unstable();
        numbers
    }

    #[test]
    fn the_highest_are_kept_and_of_equal_ones_the_first() {
        assert_eq!(best(&[0.1, 0.9, 0.5, 0.9, 0.9, 0.2, 0.9], 3), [1, 3, 4]);
        assert_eq!(best(&[0.0, 0.3], 3), [1]);
        assert_eq!(best(&[0.5], 0), [0; 0]);
        let many: Vec<f32> = (0..1_000).map(|at| ((at * 37) % 1_000) as f32 + 1.0).collect();
        let kept = best(&many, 10);
        assert!(kept.len() == 10 && kept.iter().all(|at| many[*at as usize] > 990.0));
    }
}
