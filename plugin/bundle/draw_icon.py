"""Draw ``org.trimatte.Trimatte.png``, the icon that hosts show: the shapes of the SVG beside it, antialiased."""

from pathlib import Path

from PIL import Image, ImageDraw

SIDE = 128
OVERSAMPLE = 4


def draw_icon() -> Image.Image:
    """Return the icon: background, unknown region and foreground of a trimap, and the moving edge."""
    side = SIDE * OVERSAMPLE
    icon = Image.new("RGBA", (side, side))
    draw = ImageDraw.Draw(icon)

    def disc(x: float, radius: float) -> tuple[float, float, float, float]:
        scaled = [(x - radius), (64 - radius), (x + radius), (64 + radius)]
        return (scaled[0] * OVERSAMPLE, scaled[1] * OVERSAMPLE, scaled[2] * OVERSAMPLE, scaled[3] * OVERSAMPLE)

    draw.rounded_rectangle((0, 0, side - 1, side - 1), 20 * OVERSAMPLE, "#17191d")
    draw.ellipse(disc(64, 46), "#7d8088")
    draw.ellipse(disc(64, 30), "#f4f5f7")
    crescent = Image.new("L", icon.size)
    mask = ImageDraw.Draw(crescent)
    mask.ellipse(disc(64, 46), 217)
    mask.ellipse(disc(64 - 35.3, 58), 0)
    icon.paste("#e0662f", (0, 0), crescent)
    return icon.resize((SIDE, SIDE), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    draw_icon().save(Path(__file__).with_name("org.trimatte.Trimatte.png"), optimize=True)
