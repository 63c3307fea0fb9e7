//! Language tags (RFC 5646), and which language suits whom.

use std::cmp::Ordering;

/// The most elements of an `Accept-Language` header that are looked at, since each may be held against each. Browsers
/// send a handful.
const MOST_RANGES: usize = 32;

/// A tag as it is commonly written: `pt-BR`, `zh-Hant`. `None` for what can't be the tag of a language.
pub(super) fn canonical(tag: &str) -> Option<String> {
    let is_subtag = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let (language, rest) = tag.split_once('-').unwrap_or((tag, ""));
    let is_language =
        matches!(language.len(), 2 | 3) && language.bytes().all(|byte| byte.is_ascii_alphabetic());
    if !is_language || (language.len() != tag.len() && !rest.split('-').all(is_subtag)) {
        return None;
    }
    let mut written = language.to_ascii_lowercase();
    for part in tag.split('-').skip(1) {
        written.push('-');
        // RFC 5646 section 2.1.1: scripts like names, regions in capitals, all else small.
        match part.len() {
            2 => written.push_str(&part.to_ascii_uppercase()),
            4 => {
                let (first, others) = part.split_at(1);
                written.push_str(&first.to_ascii_uppercase());
                written.push_str(&others.to_ascii_lowercase());
            }
            _ => written.push_str(&part.to_ascii_lowercase()),
        }
    }
    Some(written)
}

/// A tag and those that it falls back to, by Lookup (RFC 4647 section 3.4): `de-CH-1996`, `de-CH`, `de`.
pub(super) fn fallbacks(tag: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(tag), |tag| {
        let (shorter, _) = tag.rsplit_once('-')?;
        // What a single letter announces is gone, so it goes as well.
        match shorter.rsplit_once('-') {
            Some((before, single)) if single.len() == 1 => Some(before),
            _ => Some(shorter),
        }
    })
}

/// Which of `available` suits whoever wants `wanted`: that, one that it falls back to, or at least another of the
/// same language, which is better than a foreign one.
pub(super) fn lookup<'a>(wanted: &str, available: &[&'a str]) -> Option<&'a str> {
    let first = |fits: &dyn Fn(&str) -> bool| available.iter().copied().find(|tag| fits(tag));
    let language = primary(wanted);
    fallbacks(wanted)
        .find_map(|wanted| first(&|tag| tag.eq_ignore_ascii_case(wanted)))
        .or_else(|| first(&|tag| primary(tag).eq_ignore_ascii_case(language)))
}

/// Which of `available` an `Accept-Language` header asks for (RFC 9110 section 12.5.4); `default` where it
/// doesn't matter. `None` if there is none. What is no element of such a header is passed over.
pub(super) fn negotiate<'a>(
    header: &str,
    available: &[&'a str],
    default: &'a str,
) -> Option<&'a str> {
    let elements = header.split(',').take(MOST_RANGES);
    let mut ranges: Vec<(&str, f32)> = elements.filter_map(range).collect();
    ranges.sort_by(|(_, one), (_, other)| other.partial_cmp(one).unwrap_or(Ordering::Equal));

    let is_refused = |tag: &str| {
        let named = ranges.iter().filter(|(range, _)| includes(range, tag));
        let closest = named.max_by_key(|(range, _)| range.len());
        closest.is_some_and(|(_, weight)| *weight == 0.0)
    };
    let wanted = ranges.iter().filter(|(_, weight)| *weight > 0.0);
    wanted
        .filter_map(|(range, _)| match *range {
            "*" => Some(default),
            range => lookup(range, available),
        })
        .find(|tag| !is_refused(tag))
}

/// A language range and its weight, from `de-AT;q=0.8`.
fn range(element: &str) -> Option<(&str, f32)> {
    let mut parts = element.split(';').map(str::trim);
    let range = parts.next()?;
    let weight = match parts.next() {
        None => 1.0,
        Some(weight) => {
            let number = weight
                .strip_prefix("q=")
                .or_else(|| weight.strip_prefix("Q="))?;
            number.parse().ok()?
        }
    };
    let is_weight = (0.0..=1.0).contains(&weight);
    (is_weight && (range == "*" || canonical(range).is_some())).then_some((range, weight))
}

/// Whether a tag is one of those that a range stands for (RFC 4647 section 3.3.1).
fn includes(range: &str, tag: &str) -> bool {
    tag.get(..range.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(range))
        && matches!(tag.as_bytes().get(range.len()), None | Some(b'-'))
}

fn primary(tag: &str) -> &str {
    tag.split_once('-').map_or(tag, |(language, _)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_written_as_is_common() {
        for (tag, written) in [
            ("de", "de"),
            ("EN", "en"),
            ("pt-br", "pt-BR"),
            ("zh-hant-TW", "zh-Hant-TW"),
            ("es-419", "es-419"),
            ("gsw", "gsw"),
        ] {
            assert_eq!(canonical(tag).as_deref(), Some(written));
        }
        for wrong in [
            "",
            "d",
            "german",
            "de_AT",
            "de-",
            "-de",
            "de--AT",
            "12",
            "de-\u{e4}",
            "../de",
            "de-toolongsubtag",
            "*",
        ] {
            assert_eq!(canonical(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_tag_falls_back_to_shorter_ones() {
        let all = |tag| fallbacks(tag).collect::<Vec<_>>();
        assert_eq!(all("de-CH-1996"), ["de-CH-1996", "de-CH", "de"]);
        assert_eq!(
            all("zh-Hant-x-private"),
            ["zh-Hant-x-private", "zh-Hant", "zh"]
        );
        assert_eq!(all("fr"), ["fr"]);
    }

    #[test]
    fn a_header_finds_the_language_that_suits_best() {
        let few = ["de", "en", "fr"];
        let more = ["de", "de-AT", "en", "pt-BR", "zh-Hans", "zh-Hant"];
        for (available, header, chosen) in [
            (&few[..], "de", Some("de")),
            (&few, "DE-de", Some("de")),
            (&few, "de-CH-1996", Some("de")),
            (&few, "it, fr;q=0.5", Some("fr")),
            (&few, "fr;q=0.5, de;q=0.9", Some("de")),
            (&few, "fr;q=0.5,de;q=0.5", Some("fr")),
            (&few, " fr ; q=1.0 ", Some("fr")),
            (&few, "it-IT, it;q=0.9, *;q=0.1", Some("en")),
            (&few, "*", Some("en")),
            (&few, "it, ja;q=0.5", None),
            (&few, "de;q=0, it", None),
            (&few, "de;q=0, de-AT", None),
            (&few, "en;q=0, *", None),
            (&few, "de;q=2, fr;q=0.1", Some("fr")),
            (&few, "de;q=NaN, fr;q=0.1", Some("fr")),
            (&few, "de;q, fr;q=0.1", Some("fr")),
            (&few, "de;level=1, fr;q=0.1", Some("fr")),
            (&few, "", None),
            (&few, ",;,;;q=,\u{fc}\u{fc}, d e", None),
            (&more, "de-AT", Some("de-AT")),
            (&more, "de-CH", Some("de")),
            (&more, "de;q=0, de-AT", Some("de-AT")),
            (&more, "pt", Some("pt-BR")),
            (&more, "pt-PT, en;q=0.5", Some("pt-BR")),
            (&more, "zh-hant-hk", Some("zh-Hant")),
        ] {
            let found = negotiate(header, available, "en");
            assert_eq!(found, chosen, "{header:?} of {available:?}");
        }
        let long = format!("{}de", "it,".repeat(MOST_RANGES));
        assert_eq!(negotiate(&long, &few, "en"), None);
    }
}
