//! Swedish endings that Snowball's stemmer leaves or takes too much of: `skolan` is not brought to `skola`, and `kostnad` and `kostnader`
//! get different stems. Such words are handed to it in a form that it stems as their others.

/// Words with these endings stay as they are, although a later rule would fit.
const KEPT: [&str; 5] = ["plan", "organ", "man", "kran", "gran"];

/// Ending → the ending that the stemmer gets instead. The first that fits counts.
const ENDINGS: &[(&str, &str)] = &[
    // the genitive of a plural: kommuners, elevers, lärares
    ("ares", "are"),
    ("ers", "er"),
    ("ors", "or"),
    // kostnad, bostad: -ad is no ending here
    ("nads", "naden"),
    ("nad", "naden"),
    ("stads", "staden"),
    ("stad", "staden"),
    ("städer", "staden"),
    ("städerna", "staden"),
    // plats, insats: neither is -s
    ("ats", "atsen"),
    // the definite form of words in -a: skolan, hälsans; other -ans is mostly balans and finans
    ("skolans", "skola"),
    ("hälsans", "hälsa"),
    ("ans", "ansen"),
    ("an", "a"),
    // the definite form of other words in a vowel
    ("ljön", "ljö"),
    ("sjön", "sjö"),
    ("nomin", "nomi"),
    ("ergin", "ergi"),
    ("login", "logi"),
    ("gogin", "gogi"),
    ("grafin", "grafi"),
    ("kratin", "krati"),
    ("strin", "stri"),
    ("apin", "api"),
    ("antin", "anti"),
    // vowels that come and go: livsmedlet, artikeln, registret, åldrar, vuxna
    ("medlet", "medel"),
    ("medlen", "medel"),
    ("eln", "el"),
    ("istret", "ister"),
    ("istren", "ister"),
    ("åldern", "ålder"),
    ("åldrar", "ålder"),
    ("åldrarna", "ålder"),
    ("vuxna", "vuxen"),
    // nouns of the same verb: anmälan and anmälningar, ansökan and ansökningar
    ("mälning", "mäla"),
    ("mälningen", "mäla"),
    ("mälningar", "mäla"),
    ("mälningarna", "mäla"),
    ("sökning", "söka"),
    ("sökningen", "söka"),
    ("sökningar", "söka"),
    ("sökningarna", "söka"),
];

/// Letters of the shortest word that the two-letter and three-letter endings are tried on: `kan`, `mars` and `vers` stay.
const SHORTEST: usize = 5;

/// Puts a folded word into a form that the stemmer treats as it treats the word's other forms.
pub(super) fn regular(word: &mut String) {
    if KEPT.iter().any(|kept| word.ends_with(kept)) {
        return;
    }
    let long = word.chars().nth(SHORTEST - 1).is_some();
    let fits = |ending: &str| (long || ending.chars().count() > 3) && word.ends_with(ending);
    if let Some((ending, instead)) = ENDINGS.iter().find(|(ending, _)| fits(ending)) {
        word.truncate(word.len() - ending.len());
        word.push_str(instead);
    }
}

#[cfg(test)]
mod tests {
    use super::super::analysis::stem;

    #[test]
    fn forms_of_a_word_share_a_stem() {
        let groups: [&[&str]; 18] = [
            &["skola", "skolan", "skolans", "skolor", "skolorna"],
            &["hälsa", "hälsan", "hälsans"],
            &["kostnad", "kostnaden", "kostnader", "kostnaderna", "kostnads"],
            &["bostad", "bostaden", "bostäder", "bostäderna"],
            &["plats", "platsen", "platser", "platserna"],
            &["insats", "insatser", "insatserna"],
            &["kommun", "kommunen", "kommuner", "kommuners", "kommunernas", "kommunens"],
            &["elev", "elever", "elevers", "elevernas"],
            &["lärare", "läraren", "lärarna", "lärares"],
            &["miljö", "miljön"],
            &["ekonomi", "ekonomin"],
            &["energi", "energin"],
            &["livsmedel", "livsmedlet", "livsmedlen"],
            &["register", "registret", "registren"],
            &["ålder", "åldern", "åldrar", "åldrarna"],
            &["vuxen", "vuxna"],
            &["anmälan", "anmälningar", "anmälningarna", "anmäla"],
            &["ansökan", "ansökningar", "ansöka"],
        ];
        for group in groups {
            for form in group {
                assert_eq!(stem(form), stem(group[0]), "{form}");
            }
        }
    }

    #[test]
    fn other_words_keep_their_stems() {
        for (a, b) in [("detaljplan", "detaljplaner"), ("organ", "organet"), ("balans", "balansen"), ("termin", "terminer")] {
            assert_eq!(stem(a), stem(b), "{a}");
        }
        assert_ne!(stem("ålder"), stem("alder"));
        assert_eq!(stem("mars"), "mar");
    }
}
