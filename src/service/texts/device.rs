//! What a `User-Agent` header says, in words of a closed list.
//!
//! The header comes from whoever sent the request, who may not be the person who is told of it. So nothing of it is
//! ever shown: a mail of ours is no place for a stranger's text.

/// Browsers, by what their header has. The first that fits is it: most claim to be others as well.
const BROWSERS: [(&str, &str); 15] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("OPT/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("YaBrowser/", "Yandex Browser"),
    ("DuckDuckGo/", "DuckDuckGo"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// Systems, in the same way.
const SYSTEMS: [(&str, &str); 9] = [
    ("iPhone", "iOS"),
    ("iPod", "iOS"),
    ("iPad", "iPadOS"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// The browser and the system that a `User-Agent` header tells of, where they are known.
pub(super) fn describe(user_agent: &str) -> (Option<&'static str>, Option<&'static str>) {
    let known = |list: &[(&str, &'static str)]| {
        let mut known = list.iter();
        known.find_map(|(mark, name)| user_agent.contains(mark).then_some(*name))
    };
    (known(&BROWSERS), known(&SYSTEMS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_browsers_and_systems_are_recognised() {
        const WEBKIT: &str = "AppleWebKit/537.36 (KHTML, like Gecko)";
        let chrome = format!("{WEBKIT} Chrome/126.0.0.0 Safari/537.36");
        let cases = [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0".into(),
                (Some("Firefox"), Some("Linux")),
            ),
            (
                format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {chrome}"),
                (Some("Chrome"), Some("Windows")),
            ),
            (
                format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {chrome} Edg/126.0.0.0"),
                (Some("Edge"), Some("Windows")),
            ),
            (
                format!("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {chrome} OPR/111.0"),
                (Some("Opera"), Some("macOS")),
            ),
            (
                format!("Mozilla/5.0 (Linux; Android 10; K) {chrome}"),
                (Some("Chrome"), Some("Android")),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 \
                 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
                    .into(),
                (Some("Safari"), Some("iOS")),
            ),
            (
                "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 \
                 (KHTML, like Gecko) CriOS/126.0 Mobile/15E148 Safari/604.1"
                    .into(),
                (Some("Chrome"), Some("iPadOS")),
            ),
            ("Example/7 (iPhone; iOS 17.5)".into(), (None, Some("iOS"))),
            ("curl/8.8.0".into(), (None, None)),
            (String::new(), (None, None)),
        ];
        for (user_agent, described) in cases {
            assert_eq!(describe(&user_agent), described, "{user_agent}");
        }
    }
}
