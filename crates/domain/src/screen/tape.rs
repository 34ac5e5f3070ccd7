//! Columns of what takers did within a window of time: a figure and a window each.

use crate::analytics::Window;

/// What is told of a window. Every figure counts each fill once, on the taker's side, in terms of
/// outcome 0: who buys outcome 1 is a seller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TapeFigure {
    /// Takers' trades.
    Trades,
    /// Different wallets that bought.
    Buyers,
    /// Different wallets that sold.
    Sellers,
    /// Dollars bought and sold, before fees. Upstream's volumes of a day and longer are counted by
    /// upstream, in its own way; this is counted from the tape.
    Volume,
    /// Dollars bought less dollars sold.
    Flow,
    /// The part of the flow that is of wallets known to be whales (`whales::Class`) when it was counted.
    WhaleFlow,
    /// The part of the flow that is of wallets known to be smart money when it was counted.
    SmartFlow,
    /// Dollars bought / dollars bought and sold; unknown where nothing traded.
    BuyShare,
    /// The price at the window's end less the one at its beginning; unknown where nothing traded or
    /// either is not recorded.
    Change,
}

impl TapeFigure {
    /// Every figure, in the order pages list them.
    pub const ALL: [Self; 9] = [
        Self::Trades,
        Self::Buyers,
        Self::Sellers,
        Self::Volume,
        Self::Flow,
        Self::WhaleFlow,
        Self::SmartFlow,
        Self::BuyShare,
        Self::Change,
    ];

    /// Smallest and largest value there can be.
    pub(super) const fn bounds(self) -> (f64, f64) {
        match self {
            Self::Trades | Self::Buyers | Self::Sellers | Self::Volume => (0.0, 1e14),
            Self::Flow | Self::WhaleFlow | Self::SmartFlow => (-1e14, 1e14),
            Self::BuyShare => (0.0, 1.0),
            Self::Change => (-1.0, 1.0),
        }
    }

    /// The unit, as people read it.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Trades => "trades",
            Self::Buyers | Self::Sellers => "wallets",
            Self::Volume | Self::Flow | Self::WhaleFlow | Self::SmartFlow => "USDC",
            Self::BuyShare => "0-1",
            Self::Change => "USDC per share",
        }
    }
}

/// A figure of a window. There is none of the windows that are not counted from the tape, and no change
/// over an hour or a day, which upstream tells of every market, traded or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TapeColumn {
    window: Window,
    figure: TapeFigure,
}

/// A column's words.
struct Words {
    slug: &'static str,
    label: &'static str,
    parameters: (&'static str, &'static str),
}

/// The words of a figure of a window.
macro_rules! words_of {
    ($slug:literal, $label:literal, $window:expr) => {
        match $window {
            Window::TenMinutes => words_of!($slug, $label => "10m"),
            Window::Hour => words_of!($slug, $label => "1h"),
            Window::SixHours => words_of!($slug, $label => "6h"),
            Window::TwelveHours => words_of!($slug, $label => "12h"),
            Window::Day => words_of!($slug, $label => "24h"),
            Window::Week => words_of!($slug, $label => "7d"),
        }
    };
    ($slug:literal, $label:literal => $window:literal) => {
        Words {
            slug: concat!($slug, "_", $window),
            label: concat!($label, " ", $window),
            parameters: (
                concat!($slug, "_", $window, "_min"),
                concat!($slug, "_", $window, "_max"),
            ),
        }
    };
}

/// Windows and figures, less the changes that upstream tells.
const COLUMNS: usize = Window::COUNTED.len() * TapeFigure::ALL.len() - 2;

impl TapeColumn {
    /// Every column, by window, then by figure.
    pub const ALL: &'static [Self] = &Self::every();

    const fn every() -> [Self; COLUMNS] {
        let first = Self { window: Window::COUNTED[0], figure: TapeFigure::ALL[0] };
        let mut all = [first; COLUMNS];
        let (mut at, mut windows) = (0, 0);
        while windows < Window::COUNTED.len() {
            let mut figures = 0;
            while figures < TapeFigure::ALL.len() {
                if let Some(column) = Self::new(TapeFigure::ALL[figures], Window::COUNTED[windows])
                {
                    all[at] = column;
                    at += 1;
                }
                figures += 1;
            }
            windows += 1;
        }
        all
    }

    /// The column of a figure of a window, where there is one.
    pub const fn new(figure: TapeFigure, window: Window) -> Option<Self> {
        match (figure, window) {
            (_, Window::Week) | (TapeFigure::Change, Window::Hour | Window::Day) => None,
            _ => Some(Self { window, figure }),
        }
    }

    /// What is told.
    pub const fn figure(self) -> TapeFigure {
        self.figure
    }

    /// Of which window.
    pub const fn window(self) -> Window {
        self.window
    }

    /// The word used in URLs.
    pub const fn slug(self) -> &'static str {
        self.words().slug
    }

    /// The words people read.
    pub const fn label(self) -> &'static str {
        self.words().label
    }

    /// Names of the parameters that bound the column from below and above.
    pub const fn parameters(self) -> (&'static str, &'static str) {
        self.words().parameters
    }

    const fn words(self) -> Words {
        match self.figure {
            TapeFigure::Trades => words_of!("trades", "trades", self.window),
            TapeFigure::Buyers => words_of!("buyers", "buyers", self.window),
            TapeFigure::Sellers => words_of!("sellers", "sellers", self.window),
            TapeFigure::Volume => words_of!("taker_volume", "taker volume", self.window),
            TapeFigure::Flow => words_of!("taker_flow", "taker flow", self.window),
            TapeFigure::WhaleFlow => words_of!("whale_flow", "whale flow", self.window),
            TapeFigure::SmartFlow => words_of!("smart_flow", "smart flow", self.window),
            TapeFigure::BuyShare => words_of!("buy_share", "buy share", self.window),
            TapeFigure::Change => words_of!("change", "change", self.window),
        }
    }
}
