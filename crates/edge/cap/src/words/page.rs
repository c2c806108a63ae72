//! What a page for people says, as a table that a page is given: the texts of alarms in the site's world, and what stands around
//! them. A page of an exercise is given no word of a live warning, so that it cannot show one by mistake.
//!
//! Texts hold `{zone}`, `{seconds}`, `{percent}`, `{metres}`, `{direction}`, `{shelter}` and `{what}`, which the page fills in, isolated where
//! the directions of writing differ.

use std::collections::BTreeMap;

use parapet_engine::Mode;
use parapet_warn::Alarm;

use super::{Language, Phrase, phrases};

/// The name by which the page asks, and the text in each language, in the order of [`Language::ALL`].
type Row = (&'static str, [&'static str; Language::ALL.len()]);

/// What is said in both worlds; no text here holds a phrase of a live warning.
const AROUND: [Row; 59] = [
    ("language", ["English", "العربية"]),
    ("title", ["My warning", "تنبيهاتي"]),
    ("connecting", ["Connecting", "جارٍ الاتصال"]),
    ("no_contact", ["No contact for {seconds} s", "لا اتصال منذ {seconds} ثانية"]),
    ("no_contact_yet", ["No contact", "لا اتصال"]),
    ("stopped", ["The service stopped {seconds} s ago", "توقفت الخدمة قبل {seconds} ثانية"]),
    (
        "not_safety",
        [
            "Silence is not safety. Listen to the other alarms of this site.",
            "الصمت لا يعني الأمان. انتبهوا إلى وسائل التنبيه الأخرى في هذا الموقع.",
        ],
    ),
    ("not_known", ["Not known", "غير معروف"]),
    ("last_known", ["Last known, {seconds} s ago: {what}", "آخر ما عُرف، قبل {seconds} ثانية: {what}"]),
    ("old_seconds", ["Old news: nothing new for {seconds} s", "خبر قديم: لا جديد منذ {seconds} ثانية"]),
    ("in_contact", ["In contact", "الاتصال قائم"]),
    ("heard", ["Sensors heard {seconds} s ago", "سُمعت أجهزة الرصد قبل {seconds} ثانية"]),
    ("heard_now", ["Sensors are heard", "أجهزة الرصد مسموعة"]),
    (
        "eyes_partly",
        [
            "Some sensors are silent or in trouble: word may come late, or not at all.",
            "بعض أجهزة الرصد صامتة أو معطّلة: قد يتأخر التنبيه أو لا يأتي.",
        ],
    ),
    ("eyes_none", ["No sensor is heard: nobody sees what comes.", "لا يُسمع أي جهاز رصد: لا أحد يرى ما هو آتٍ."]),
    ("seconds", ["seconds", "ثانية"]),
    ("now", ["NOW", "الآن"]),
    ("time_unknown", ["The time is not known", "الوقت غير معروف"]),
    ("time_passed", ["The predicted time has passed. Stay where you are.", "انقضى الوقت المتوقع. لا تغادروا أماكنكم."]),
    ("your_place", ["Your place", "مكانكم"]),
    ("choose_place", ["Choose your place", "اختاروا مكانكم"]),
    (
        "choose_first",
        [
            "Say where you are, and this page tells you what concerns you there.",
            "حدّدوا مكانكم، فتخبركم هذه الصفحة بما يخصّكم هناك.",
        ],
    ),
    ("change", ["Change", "تغيير"]),
    (
        "place_stays",
        [
            "Your place stays on this phone. It is never sent anywhere.",
            "يبقى مكانكم على هذا الهاتف، ولا يُرسل إلى أي جهة.",
        ],
    ),
    ("search", ["Search a zone", "ابحثوا عن منطقة"]),
    ("no_match", ["No zone is called so", "لا توجد منطقة بهذا الاسم"]),
    ("use_location", ["Use the location of this phone", "استعملوا موقع هذا الهاتف"]),
    ("locating", ["Looking for the location", "جارٍ تحديد الموقع"]),
    (
        "location_failed",
        [
            "This phone does not tell its location. Choose a zone or touch the map.",
            "لا يعطي هذا الهاتف موقعه. اختاروا منطقة أو المسوا الخريطة.",
        ],
    ),
    (
        "location_insecure",
        [
            "A phone tells its location to secure addresses (https) only. Choose a zone or touch the map.",
            "لا يعطي الهاتف موقعه إلا لعنوان آمن (https). اختاروا منطقة أو المسوا الخريطة.",
        ],
    ),
    ("map", ["Map of the zones: touch your place", "خريطة المناطق: المسوا مكانكم"]),
    ("zones", ["Zones", "المناطق"]),
    ("point", ["A point on the map", "نقطة على الخريطة"]),
    ("point_in", ["A point in {zone}", "نقطة في {zone}"]),
    ("sensed", ["Where this phone is, within {metres} m", "موقع هذا الهاتف، ضمن {metres} متر"]),
    (
        "sensed_old",
        ["Where this phone was found last, within {metres} m", "آخر موقع معروف لهذا الهاتف، ضمن {metres} متر"],
    ),
    ("close", ["Close", "إغلاق"]),
    ("not_covered", ["Your place is not covered", "مكانكم غير مشمول"]),
    (
        "not_covered_why",
        [
            "It lies in no zone of this site, and this page cannot warn you there.",
            "لا يقع في أي منطقة من مناطق هذا الموقع، ولا تستطيع هذه الصفحة تنبيهكم هناك.",
        ],
    ),
    (
        "nearest",
        ["Nearest zone: {zone}, {metres} m {direction}", "أقرب منطقة: {zone}، على بعد {metres} متر {direction}"],
    ),
    (
        "other_part",
        [
            "This is told to another part of {zone}. Your place is not in it; stay attentive.",
            "هذا موجّه إلى جزء آخر من {zone}. مكانكم ليس فيه؛ كونوا منتبهين.",
        ],
    ),
    ("shelter", ["Shelter", "الملجأ"]),
    ("shelter_way", ["{shelter}: {metres} m {direction}", "{shelter}: على بعد {metres} متر {direction}"]),
    ("shelter_walk", ["The way takes {seconds} s at a walk", "يستغرق الطريق {seconds} ثانية مشيًا"]),
    ("from_middle", ["Seen from the middle of {zone}", "من وسط {zone}"]),
    ("to_n", ["to the north", "شمالًا"]),
    ("to_ne", ["to the north-east", "باتجاه الشمال الشرقي"]),
    ("to_e", ["to the east", "شرقًا"]),
    ("to_se", ["to the south-east", "باتجاه الجنوب الشرقي"]),
    ("to_s", ["to the south", "جنوبًا"]),
    ("to_sw", ["to the south-west", "باتجاه الجنوب الغربي"]),
    ("to_w", ["to the west", "غربًا"]),
    ("to_nw", ["to the north-west", "باتجاه الشمال الغربي"]),
    ("north_mark", ["N", "ش"]),
    ("sound_locked", ["Sound is off: press to hear alarms", "الصوت مطفأ: اضغطوا لتشغيله"]),
    ("sound_on", ["Sound and vibration are on", "الصوت والاهتزاز يعملان"]),
    ("sound_muted", ["Muted: press to hear alarms", "الصوت مكتوم: اضغطوا لتشغيله"]),
    (
        "open_only",
        [
            "This page tells you only while it is open and the screen is on.",
            "لا تنبّهكم هذه الصفحة إلا وهي مفتوحة والشاشة مضاءة.",
        ],
    ),
    (
        "misfit",
        [
            "This page and the service do not understand each other. Load the page again.",
            "لا تتفاهم هذه الصفحة مع الخدمة. أعيدوا تحميل الصفحة.",
        ],
    ),
];

/// The answers of a live site.
const LIVE: [Row; 12] = [
    ("mode_mark", ["", ""]),
    ("mode_meaning", ["", ""]),
    ("answer_nothing", ["No alarm", "لا إنذار"]),
    ("nothing_more", ["Nothing on its way to {zone} is seen.", "لا يُرى شيء متجه إلى {zone}."]),
    ("answer_prepare", ["Be ready", "استعدوا"]),
    ("answer_down", ["Down now", "انبطحوا الآن"]),
    ("answer_walk", ["Walk to shelter", "امشوا إلى الملجأ"]),
    ("answer_stay", ["Stay in cover", "ابقوا في أماكن الاحتماء"]),
    ("answer_all_clear", ["All clear", "زال الخطر"]),
    ("answer_withdrawn", ["Warning withdrawn", "أُلغي الإنذار"]),
    ("until", ["seconds to impact", "ثانية حتى السقوط"]),
    ("until_next", ["seconds to the next impact", "ثانية حتى السقوط التالي"]),
];

/// The answers of an exercise: the same names, other words.
const EXERCISE: [Row; 12] = [
    ("mode_mark", ["EXERCISE", "تمرين"]),
    ("mode_meaning", ["Nothing shown here is real", "لا شيء مما يظهر هنا حقيقي"]),
    ("answer_nothing", ["EXERCISE: no drill now", "تمرين: لا تدريب الآن"]),
    (
        "nothing_more",
        ["EXERCISE: practice with simulated sensors. Nothing is happening.", "تمرين: تدريب بأجهزة محاكاة. لا يحدث شيء."],
    ),
    ("answer_prepare", ["EXERCISE: drill is announced", "تمرين: أُعلن التدريب"]),
    ("answer_down", ["EXERCISE: practise lying down", "تمرين: تدرّبوا على الانبطاح"]),
    ("answer_walk", ["EXERCISE: practise walking to shelter", "تمرين: تدرّبوا على المشي إلى الملجأ"]),
    ("answer_stay", ["EXERCISE: drill goes on", "تمرين: يستمر التدريب"]),
    ("answer_all_clear", ["EXERCISE: drill is over", "تمرين: انتهى التدريب"]),
    ("answer_withdrawn", ["EXERCISE: drill is called off", "تمرين: أُلغي التدريب"]),
    ("until", ["EXERCISE: seconds of the drill", "تمرين: ثواني التدريب"]),
    ("until_next", ["EXERCISE: seconds of the drill", "تمرين: ثواني التدريب"]),
];

/// Everything that a page says in a world and a language, by name.
///
/// ```
/// use parapet_cap::words::{Language, page};
/// use parapet_engine::Mode;
///
/// assert_eq!(page::table(Language::English, Mode::Live)["answer_down"], "Down now");
/// assert!(page::table(Language::English, Mode::Exercise)["answer_down"].starts_with("EXERCISE"));
/// ```
#[must_use]
pub fn table(language: Language, mode: Mode) -> BTreeMap<String, &'static str> {
    let answers = match mode {
        Mode::Live => &LIVE,
        Mode::Exercise => &EXERCISE,
    };
    let rows = AROUND.iter().chain(answers).map(|(key, texts)| ((*key).to_owned(), texts[language as usize]));
    rows.chain(Phrase::of(mode).into_iter().map(|phrase| (phrase.key(), language.text(phrase)))).collect()
}

/// The names, in every [`table`] of the world, of what happens and of what to do, as a message of the alarm would say it.
#[must_use]
pub fn told(mode: Mode, alarm: &Alarm) -> [String; 2] {
    let [_, _, description, instruction] = phrases(mode, alarm, false);
    [description.key(), instruction.key()]
}

#[cfg(test)]
mod tests {
    use parapet_frame::Time;
    use parapet_warn::{AlarmId, Reason, Stage, ZoneId};

    use super::*;

    const MODES: [Mode; 2] = [Mode::Live, Mode::Exercise];

    #[test]
    fn no_name_stands_for_two_texts_and_each_world_has_the_same() {
        for mode in MODES {
            let rows = AROUND.len() + LIVE.len() + Phrase::of(mode).len();
            assert!(Language::ALL.iter().all(|language| table(*language, mode).len() == rows), "{mode:?}");
        }
        assert!(LIVE.iter().zip(&EXERCISE).all(|((live, _), (exercise, _))| live == exercise));
        assert_eq!(Phrase::ExerciseDescription(Stage::TakeCover).key(), "exercise_description_take_cover");
    }

    #[test]
    fn an_exercise_shows_no_live_phrase_and_says_what_it_is() {
        for language in Language::ALL {
            for (key, text) in table(language, Mode::Exercise) {
                let plain = text.to_lowercase();
                assert!(!language.live_phrases().iter().any(|live| plain.contains(live)), "{key}: {text}");
            }
            let answers = EXERCISE.iter().filter(|(key, _)| *key != "mode_meaning");
            assert!(
                answers.into_iter().all(|(_, texts)| texts[language as usize].starts_with(language.exercise_mark()))
            );
            let live = table(language, Mode::Live);
            assert!(live.values().all(|text| !text.contains(language.exercise_mark())), "{live:?}");
        }
    }

    #[test]
    fn whatever_an_alarm_says_has_a_text() {
        let at = Time::from_seconds(0.0);
        for mode in MODES {
            let table = table(Language::Arabic, mode);
            for (stage, reason) in Stage::ALL.into_iter().flat_map(|stage| Reason::ALL.map(|reason| (stage, reason))) {
                let alarm = Alarm::plain(AlarmId { zone: ZoneId(0), cause: at, again: 0 }, at, stage, reason);
                assert!(told(mode, &alarm).iter().all(|key| table.contains_key(key)), "{stage:?} {reason:?}");
            }
        }
    }

    /// The page's own tests, and its first words before it has any contact, stand in files that are made from the table:
    /// `PARAPET_WRITE_WORDS=1 cargo test -p parapet-cap page` writes them anew.
    #[test]
    fn the_page_has_the_same_words() {
        let tables = |mode| Language::ALL.map(|language| (language.code(), table(language, mode)));
        let all = serde_json::json!({
            "live": BTreeMap::from(tables(Mode::Live)),
            "exercise": BTreeMap::from(tables(Mode::Exercise)),
        });
        let first = ["title", "language", "connecting", "no_contact", "no_contact_yet", "not_safety"];
        let boot = Language::ALL.map(|language| {
            let table = table(language, Mode::Exercise);
            (language.code(), BTreeMap::from(first.map(|key| (key, table[key]))))
        });
        let boot = serde_json::json!(BTreeMap::from(boot));
        for (file, wanted) in [("browser/words.json", all), ("src/me/boot.json", boot)] {
            let path = format!("{}/../../../web/{file}", env!("CARGO_MANIFEST_DIR"));
            if std::env::var_os("PARAPET_WRITE_WORDS").is_some() {
                std::fs::write(&path, format!("{wanted:#}\n")).expect("the file can be written");
            }
            let text = std::fs::read_to_string(&path).expect("the page's words");
            let found: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            assert!(found == wanted, "{file} has other words: run this test with PARAPET_WRITE_WORDS=1");
        }
    }
}
