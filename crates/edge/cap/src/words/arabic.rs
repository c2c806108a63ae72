//! The phrases in Modern Standard Arabic. Each says what the English phrase of the same name says. They have not been read by a
//! native speaker yet: let one read them before they are used in earnest.

use parapet_warn::Stage;

use super::Phrase;

pub(super) const LIVE_PHRASES: [&str; 9] =
    ["استعدوا", "احتموا", "ابقوا", "زال الخطر", "زوال الخطر", "الإنذار", "انبطحوا", "قذائف", "أماكن الاحتماء"];

pub(super) fn text(phrase: Phrase) -> &'static str {
    match phrase {
        Phrase::Event => "سقوط صواريخ أو قذائف مدفعية أو هاون",
        Phrase::Headline(Stage::Prepare) => "استعدوا: احتمال سقوط قذائف، {zone}",
        Phrase::Headline(Stage::TakeCover) => "احتموا الآن: قذائف قادمة، {zone}",
        Phrase::Headline(Stage::Hold) => "ابقوا في أماكن الاحتماء: {zone}",
        Phrase::Headline(Stage::AllClear) => "زال الخطر: {zone}",
        Phrase::Headline(Stage::Withdrawn) => "أُلغي الإنذار: {zone}",
        Phrase::HeadlineRaised => "احتموا الآن: {zone}",
        Phrase::Possible => "صاروخ أو قذيفة مدفعية أو هاون في الجو، وقد تسقط في منطقة {zone} أو بالقرب منها.",
        Phrase::Raised => "يحذّر المناوبون من سقوط قذائف في منطقة {zone} أو بالقرب منها.",
        Phrase::Predicted => {
            "من المتوقع سقوط صاروخ أو قذيفة مدفعية أو هاون في منطقة {zone} أو بالقرب منها (الاحتمال {percent}٪)."
        }
        Phrase::PredictedAt => {
            "من المتوقع سقوط صاروخ أو قذيفة مدفعية أو هاون في منطقة {zone} أو بالقرب منها نحو الساعة {time} بالتوقيت العالمي \
             (الاحتمال {percent}٪)."
        }
        Phrase::HoldOver => "انتهت الضربات المتوقعة في منطقة {zone}، وقد يتبعها المزيد.",
        Phrase::HoldAttack => "ما زالت قذائف تسقط في الجوار. لا أحد في أمان بعد في منطقة {zone}.",
        Phrase::HoldSight => "تعطّل أحد أجهزة الرصد وقد لا تُرصد القذيفة التالية. لا أحد في أمان بعد في منطقة {zone}.",
        Phrase::HoldOperator => "لم يعلن المناوبون انتهاء الخطر بعد في منطقة {zone}.",
        Phrase::AllClear => "لم يعد هناك ما يهدد منطقة {zone}. قد توجد ذخائر غير منفجرة.",
        Phrase::WithdrawnOperator => "سحب المناوبون الإنذار؛ لا يُتوقع سقوط شيء في منطقة {zone}.",
        Phrase::WithdrawnNotARound => "ما رُصد ليس صاروخًا ولا قذيفة؛ لا يُتوقع سقوط شيء في منطقة {zone}.",
        Phrase::WithdrawnElsewhere => "تشير قياسات أدق إلى أن السقوط في مكان آخر؛ لا يُتوقع سقوط شيء في منطقة {zone}.",
        Phrase::BeReady => {
            "كونوا مستعدين للانبطاح حيث أنتم أو للمشي إلى الملجأ. لا تتحركوا بعد؛ انتظروا الرسالة التالية."
        }
        Phrase::DownNow => {
            "احتموا حيث أنتم، خلف شيء متين أو تحته. انبطحوا أرضًا واحموا رؤوسكم. لا تركضوا إلى ملجأ بعيد. ابقوا في أماكنكم حتى \
             إعلان زوال الخطر."
        }
        Phrase::Walk => {
            "امشوا الآن إلى الملجأ واحتموا فيه؛ يستغرق المشي إليه {seconds} ثانية، وهناك وقت كافٍ. لا تركضوا. ابقوا فيه حتى إعلان \
             زوال الخطر."
        }
        Phrase::StayInCover => "ابقوا في أماكن الاحتماء حتى إعلان زوال الخطر.",
        Phrase::LeaveCover => "يمكنكم مغادرة أماكن الاحتماء.",
        Phrase::LeaveCoverAfterImpacts => {
            "يمكنكم مغادرة أماكن الاحتماء. لا تلمسوا الذخائر أو الحطام، وأبلغوا عما تجدونه."
        }
        Phrase::ExerciseMark => "تمرين",
        Phrase::ExerciseEvent => "تمرين: تدريب على النيران غير المباشرة",
        Phrase::ExerciseHeadline(Stage::Prepare) => "تمرين تمرين تمرين: أُعلن التدريب، {zone}",
        Phrase::ExerciseHeadline(Stage::TakeCover) => "تمرين تمرين تمرين: بدأ التدريب، {zone}",
        Phrase::ExerciseHeadline(Stage::Hold) => "تمرين تمرين تمرين: يستمر التدريب، {zone}",
        Phrase::ExerciseHeadline(Stage::AllClear) => "تمرين تمرين تمرين: انتهى التدريب، {zone}",
        Phrase::ExerciseHeadline(Stage::Withdrawn) => "تمرين تمرين تمرين: أُلغي التدريب، {zone}",
        Phrase::ExerciseDescription(Stage::Prepare) => {
            "تمرين: أُعلن التدريب في منطقة {zone}. هذا تدريب بأجهزة محاكاة، ولا يوجد أي خطر."
        }
        Phrase::ExerciseDescription(Stage::TakeCover) => {
            "تمرين: بدأ التدريب في منطقة {zone}. هذا تدريب بأجهزة محاكاة، ولا يوجد أي خطر."
        }
        Phrase::ExerciseDescription(Stage::Hold) => {
            "تمرين: يستمر التدريب في منطقة {zone}. هذا تدريب بأجهزة محاكاة، ولا يوجد أي خطر."
        }
        Phrase::ExerciseDescription(Stage::AllClear) => {
            "تمرين: انتهى التدريب في منطقة {zone}. هذا تدريب بأجهزة محاكاة، ولا يوجد أي خطر."
        }
        Phrase::ExerciseDescription(Stage::Withdrawn) => {
            "تمرين: أُلغي التدريب في منطقة {zone}. هذا تدريب بأجهزة محاكاة، ولا يوجد أي خطر."
        }
        Phrase::ExerciseReady => "تمرين: يستعد المشاركون وفق خطة التدريب. يواصل الآخرون أعمالهم. لا يحدث شيء.",
        Phrase::ExerciseGo => "تمرين: يتوجه المشاركون إلى مواقعهم وفق خطة التدريب. يواصل الآخرون أعمالهم. لا يحدث شيء.",
        Phrase::ExerciseEnd => "تمرين: يعود المشاركون إلى ما كانوا يعملونه.",
    }
}
