//! Whether this machine has letters to draw Chinese with: pictures with texts (posters) would show empty boxes, and no
//! program would complain.

use std::fs::DirEntry;
use std::path::{Path, PathBuf};

use super::{Finding, State, end};

/// Where Linux and macOS keep the fonts of all users.
const FOLDERS: &[&str] = &[
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
];
/// How deep the folders are looked through.
const DEPTH_MAX: usize = 5;
/// What the names of fonts with Chinese letters hold, in small letters and without what separates words.
const CHINESE: &[&str] = &[
    "wqy",
    "notosanscjk",
    "notoserifcjk",
    "notosanssc",
    "notoserifsc",
    "notosanshans",
    "sourcehan",
    "droidsansfallback",
    "uming",
    "ukai",
    "gbsn00lp",
    "gkai00mp",
    "simsun",
    "simhei",
    "simkai",
    "msyh",
    "deng",
    "pingfang",
    "stheiti",
    "songti",
    "heiti",
    "alibabapuhuiti",
    "harmonyossanssc",
    "lxgwwenkai",
];

/// Whether a font with Chinese letters is installed. Reads folders: not for a thread that serves.
pub fn examine() -> Finding {
    let folders: Vec<PathBuf> = FOLDERS.iter().map(PathBuf::from).collect();
    let judged = match find(&folders) {
        Some(font) => end(
            State::Ok,
            format!("Chinese letters: {}", font.display()),
            format!("找到中文字体：{}", font.display()),
        ),
        None => end(
            State::Warn,
            format!(
                "no font with Chinese letters in {}: texts in pictures would show empty boxes; install one, on Debian \
                 and Ubuntu `apt-get install fonts-wqy-microhei` (5 MB) or fonts-noto-cjk",
                FOLDERS.get(..2).unwrap_or_default().join(" or ")
            ),
            "服务器上没有中文字体，海报上的字会变成方框：请安装一种，例如 apt-get install fonts-wqy-microhei",
        ),
    };
    Finding::new("font", judged)
}

/// The first font with Chinese letters.
fn find(folders: &[PathBuf]) -> Option<PathBuf> {
    folders.iter().find_map(|folder| look_in(folder, DEPTH_MAX))
}

fn look_in(folder: &Path, depth: usize) -> Option<PathBuf> {
    let mut entries: Vec<DirEntry> = std::fs::read_dir(folder).ok()?.flatten().collect();
    entries.sort_by_key(DirEntry::file_name);
    entries.iter().find_map(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return look_in(&path, depth.checked_sub(1)?);
        }
        is_chinese(&path).then_some(path)
    })
}

fn is_chinese(file: &Path) -> bool {
    let text = |part: Option<&std::ffi::OsStr>| {
        part.unwrap_or_default()
            .to_string_lossy()
            .to_lowercase()
            .replace(['-', '_', ' '], "")
    };
    let is_font = ["ttf", "ttc", "otf", "otc"].contains(&text(file.extension()).as_str());
    let name = text(file.file_stem());
    is_font && CHINESE.iter().any(|known| name.starts_with(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_font_is_found_in_a_folder_below_and_others_do_not_count() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("truetype/wqy");
        std::fs::create_dir_all(&below).unwrap();
        let looked = [folder.path().join("not-there"), folder.path().to_owned()];
        for other in ["DejaVuSans.ttf", "wqy-microhei.txt"] {
            std::fs::write(below.join(other), "").unwrap();
        }
        assert_eq!(find(&looked), None);
        for name in ["wqy-microhei.ttc", "NotoSansCJK-Regular.ttc", "msyh.ttc"] {
            let font = below.join(name);
            std::fs::write(&font, "").unwrap();
            assert_eq!(find(&looked), Some(font.clone()));
            std::fs::remove_file(font).unwrap();
        }
    }
}
