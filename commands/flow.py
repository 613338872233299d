"""``trimatte flow``: optical flow between two pictures."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

app = typer.Typer(add_completion=False)
console = Console(stderr=True, highlight=False, soft_wrap=True)

_NAMES = ("default", "chairs-things")


@app.command()
def flow(  # noqa: PLR0917  (each one is an option)
    one: Annotated[Path, typer.Option(help="First picture.")] = Path("images/one.png"),
    two: Annotated[Path, typer.Option(help="Second picture, of the same size.")] = Path("images/two.png"),
    out: Annotated[Path, typer.Option(help="Flow in pixels, as a .flo file.")] = Path("out.flo"),
    model: Annotated[
        str,
        typer.Option(
            help="default or chairs-things (network-<name>.pytorch), the path of a file, or an imported name."
        ),
    ] = "default",
    picture: Annotated[Path | None, typer.Option(help="The flow as colours: direction and speed.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
) -> None:
    """Estimate the flow from one picture to another with PWC-Net."""
    import torch

    from ..core.flow.flow_file import draw_flow, write_flow
    from ..core.flow.published_weights import load_pwcnet
    from ..core.inference.funet import bgr_tensor
    from ..core.inference.picture_files import check_one_size, read_picture, write_picture
    from ..core.sessions.device import choose_device
    from ..core.weights_store import weights_path

    place = choose_device(device)
    pictures = [read_picture(path) for path in (one, two)]
    check_one_size(pictures, (one, two))
    frames = [bgr_tensor(picture).to(place) for picture in pictures]
    source = f"network-{model}.pytorch" if model in _NAMES else model
    network = load_pwcnet(weights_path(source, "pwcnet"), device=place)
    with torch.inference_mode():
        found = network.estimate(frames[0], frames[1])[0].cpu().numpy()
    write_flow(out, found)
    if picture is not None:
        write_picture(picture, draw_flow(found))
    console.print(f"{found.shape[2]} x {found.shape[1]} -> {out}", markup=False)
