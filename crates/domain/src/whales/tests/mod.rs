mod flips;
mod flows;
mod markout;
mod size;
mod stance;
mod story;
