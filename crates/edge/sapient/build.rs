//! From the published schema to what the crate is compiled with: structures, the table of rules, and the descriptors for
//! JSON. Nothing of the schema is copied into the repository; `Cargo.lock` pins the package that publishes it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use prost::Message as _;
use prost_reflect::{Cardinality, DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor};
use prost_types::FileDescriptorSet;

#[path = "src/additions.rs"]
mod additions;

use additions::{Addition, CHECKED_TOGETHER, EVERYWHERE, IN_ONE_FIELD};

const PACKAGE: &str = "sapient_msg.bsi_flex_335_v2_0";
const ROOT: &str = "sapient_msg.bsi_flex_335_v2_0.SapientMessage";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src/additions.rs");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let published = sapient_rs::FILE_DESCRIPTOR_SET_BYTES;
    let files = edition(FileDescriptorSet::decode(published).expect("the published descriptors are readable"));
    std::fs::write(out.join("descriptors.bin"), files.encode_to_vec()).expect("OUT_DIR can be written");
    prost_build::Config::new()
        .disable_comments(["."])
        .default_package_filename("unnamed")
        .out_dir(&out)
        .compile_fds(files)
        .expect("the published descriptors give structures");
    // Read as published: the options that mark what is mandatory are extensions, which plain structures drop.
    let pool = DescriptorPool::decode(published).expect("the published descriptors are consistent");
    std::fs::write(out.join("rules.rs"), Table::of(&pool).text()).expect("OUT_DIR can be written");
}

/// The files of the one edition that is spoken here.
fn edition(all: FileDescriptorSet) -> FileDescriptorSet {
    let ours = |name: &str| !name.contains("/bsi_flex_335_") || name.contains("/bsi_flex_335_v2_0/");
    FileDescriptorSet { file: all.file.into_iter().filter(|file| ours(file.name())).collect() }
}

/// Every message that can stand in a SAPIENT message, by its place in the table of rules; the whole message is the first.
struct Table {
    messages: Vec<MessageDescriptor>,
    places: BTreeMap<String, usize>,
    additions: BTreeMap<(String, String), Vec<Addition>>,
}

impl Table {
    fn of(pool: &DescriptorPool) -> Self {
        let additions = IN_ONE_FIELD.iter().fold(BTreeMap::new(), |mut all, (message, field, addition)| {
            all.entry((full(message), (*field).to_owned())).or_insert_with(Vec::new).push(*addition);
            all
        });
        let mut table = Table { messages: Vec::new(), places: BTreeMap::new(), additions };
        table.add(pool.get_message_by_name(ROOT).expect("the schema has the whole message"));
        table.every_addition_has_its_field();
        table
    }

    fn add(&mut self, message: MessageDescriptor) {
        if self.places.contains_key(message.full_name()) {
            return;
        }
        self.places.insert(message.full_name().to_owned(), self.messages.len());
        self.messages.push(message.clone());
        for field in message.fields() {
            if let Kind::Message(inner) = field.kind() {
                self.add(inner);
            }
        }
    }

    /// A rule of ours that names what the schema does not have is a mistake, and must not pass in silence.
    fn every_addition_has_its_field(&self) {
        for (message, field) in self.additions.keys() {
            let place = self.places.get(message).unwrap_or_else(|| panic!("src/additions.rs: no message {message}"));
            let found = self.messages[*place].get_field_by_name(field);
            assert!(found.is_some(), "src/additions.rs: {message} has no field {field}");
        }
        for (message, _) in CHECKED_TOGETHER {
            assert!(self.places.contains_key(&full(message)), "src/additions.rs: no message {message}");
        }
    }

    fn text(&self) -> String {
        let mut text = "pub(crate) static MESSAGES: &[MessageRule] = &[\n".to_owned();
        for message in &self.messages {
            self.write_message(&mut text, message);
        }
        text.push_str("];\n");
        text
    }

    fn write_message(&self, text: &mut String, message: &MessageDescriptor) {
        let mut fields: Vec<FieldDescriptor> = message.fields().collect();
        fields.sort_by_key(FieldDescriptor::number);
        assert!(fields.len() <= 64, "{}: a set of fields is kept in 64 bits", message.full_name());
        // proto3 writes `optional` as a oneof of one; those are no choices.
        let choices: Vec<_> = message.oneofs().filter(|oneof| !oneof.is_synthetic()).collect();
        let together = CHECKED_TOGETHER.iter().find(|(name, _)| full(name) == message.full_name());
        writeln!(text, "    MessageRule {{").expect("a String takes it");
        writeln!(text, "        together: {},", together.map_or("Together::Nothing", |(_, what)| what)).expect("so");
        writeln!(text, "        choices: &[").expect("so");
        for choice in &choices {
            let mandatory = flag(&choice.options(), "oneof_options", "is_mandatory");
            writeln!(text, "            ChoiceRule {{ name: {:?}, mandatory: {mandatory} }},", choice.name())
                .expect("so");
        }
        writeln!(text, "        ],\n        fields: &[").expect("so");
        for field in &fields {
            let own = field.containing_oneof();
            let choice = own.and_then(|own| choices.iter().position(|choice| choice.name() == own.name()));
            let chosen = choice.is_some_and(|at| flag(&choices[at].options(), "oneof_options", "is_mandatory"));
            self.write_field(text, message, field, choice, chosen);
        }
        writeln!(text, "        ],\n    }},").expect("so");
    }

    fn write_field(
        &self,
        text: &mut String,
        message: &MessageDescriptor,
        field: &FieldDescriptor,
        choice: Option<usize>,
        chosen: bool,
    ) {
        let options = field.options();
        let mut mandatory = flag(&options, "field_options", "is_mandatory");
        let mut form = match field.kind() {
            _ if flag(&options, "field_options", "is_ulid") => "Form::Ulid".to_owned(),
            _ if flag(&options, "field_options", "is_uuid") => "Form::Uuid".to_owned(),
            _ => "Form::Any".to_owned(),
        };
        let key = (message.full_name().to_owned(), field.name().to_owned());
        let everywhere = EVERYWHERE.iter().filter(|(ending, _)| field.name().ends_with(ending) && is_number(field));
        let own = self.additions.get(&key).into_iter().flatten();
        for addition in everywhere.map(|(_, addition)| addition).chain(own) {
            match addition {
                Addition::Mandatory => mandatory = true,
                Addition::Ulid => form = "Form::Ulid".to_owned(),
                Addition::Uuid => form = "Form::Uuid".to_owned(),
                Addition::Edition => form = "Form::Edition".to_owned(),
                Addition::Within(low, high) => form = format!("Form::Within({low:?}, {high:?})"),
            }
        }
        let kind = self.kind(field);
        let repeated = field.cardinality() == Cardinality::Repeated;
        let choice = choice.map_or("None".to_owned(), |at| format!("Some({at})"));
        writeln!(
            text,
            "            FieldRule {{ number: {}, name: {:?}, kind: {kind}, repeated: {repeated}, mandatory: {mandatory}, \
             chosen: {chosen}, choice: {choice}, form: {form} }},",
            field.number(),
            field.name(),
        )
        .expect("a String takes it");
    }

    fn kind(&self, field: &FieldDescriptor) -> String {
        match field.kind() {
            Kind::Double => "Kind::Double".to_owned(),
            Kind::Float => "Kind::Float".to_owned(),
            Kind::Int32 | Kind::Int64 | Kind::Uint32 | Kind::Uint64 => "Kind::Whole".to_owned(),
            Kind::Bool => "Kind::Bool".to_owned(),
            Kind::String => "Kind::Text".to_owned(),
            Kind::Bytes => "Kind::Bytes".to_owned(),
            Kind::Enum(words) => {
                let mut known: Vec<i32> = words.values().map(|value| value.number()).collect();
                known.sort_unstable();
                format!("Kind::Word(&{known:?})")
            }
            Kind::Message(inner) => format!("Kind::Message({})", self.places[inner.full_name()]),
            other => panic!("{}: the checker does not know fields of kind {other:?}", field.full_name()),
        }
    }
}

fn is_number(field: &FieldDescriptor) -> bool {
    matches!(field.kind(), Kind::Double | Kind::Float | Kind::Int32)
}

fn full(message: &str) -> String {
    if message.starts_with("google.") { message.to_owned() } else { format!("{PACKAGE}.{message}") }
}

/// A flag of the schema's own options.
fn flag(options: &DynamicMessage, extension: &str, name: &str) -> bool {
    let named = format!("sapient_msg.{extension}");
    let found = options.extensions().find(|(descriptor, _)| descriptor.full_name() == named);
    let value = found
        .and_then(|(_, value)| value.as_message().and_then(|own| own.get_field_by_name(name)).map(|v| v.as_bool()));
    value.flatten().unwrap_or(false)
}
